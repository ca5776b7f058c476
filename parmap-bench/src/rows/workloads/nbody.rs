//! One step of a simulation of bodies that attract each other: each item reads all bodies.

use std::hint::black_box;

use parmap::parmap;

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask, spin::spin};

const BODIES: usize = 1_000;
/// Keeps two bodies that meet from attracting each other without bound.
const SOFTENING: f64 = 1e-6;

/// A point with a mass.
struct Body {
    place: [f64; 3],
    mass: f64,
}

/// How a body is accelerated by all.
fn acceleration(body: &Body, bodies: &[Body]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for other in bodies {
        let way: [f64; 3] = std::array::from_fn(|axis| other.place[axis] - body.place[axis]);
        let square = way.iter().map(|x| x * x).sum::<f64>() + SOFTENING;
        let pull = other.mass / (square * square.sqrt());
        sum.iter_mut().zip(way).for_each(|(sum, way)| *sum += pull * way);
    }
    sum
}

#[parmap(global = bodies)]
fn accelerations(body: &Body, bodies: &[Body]) -> [f64; 3] {
    acceleration(body, bodies)
}

/// Measures it.
pub(crate) fn run(ask: Ask) -> Findings {
    let random = |seed: usize| spin(seed as u64, 4) as f64 / u64::MAX as f64;
    let body = |i| Body { place: [3 * i, 3 * i + 1, 3 * i + 2].map(random), mass: random(i) };
    let bodies: Vec<_> = (0..BODIES).map(body).collect();
    let bodies = || black_box(&bodies[..]);
    let plain = || bodies().iter().map(|body| acceleration(body, bodies())).collect::<Vec<_>>();
    let mut contest =
        Contest::new(format!("{BODIES} bodies"), plain).enter("parmap", || accelerations(bodies(), bodies()));
    for peer in Peer::all(25) {
        contest = contest.enter(peer.name(), move || {
            let bodies = bodies();
            peer.map(bodies.len(), |i| acceleration(&bodies[i], bodies))
        });
    }
    judged([contest.run(ask.time, |a, b| a == b)])
}
