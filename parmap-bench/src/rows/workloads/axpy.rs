//! `y += a * x` for two vectors, in place: a region of a few microseconds whose plain loop a compiler vectorizes.

use std::{cell::RefCell, hint::black_box, mem};

use parmap::parmap;
use rayon::prelude::*;

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask};

const LENGTH: usize = 10_000;
/// Numbers of a chunk, where chunks are the items.
const CHUNK: usize = 1_000;
const A: f64 = 1e-3;

fn plain(y: &mut [f64], a: f64, x: &[f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += a * x);
}

/// Chunks are loops of their own, which a compiler knows how to vectorize.
#[parmap(global = (a, x), index = i)]
fn chunks(y: &mut [f64], a: f64, x: &[f64], i: usize) {
    plain(y, a, &x[i * CHUNK..][..y.len()]);
}

/// The shortest to write: a number is an item.
#[parmap(global = (a, x), index = i)]
fn numbers(y: &mut f64, a: f64, x: &[f64], i: usize) {
    *y += a * x[i];
}

/// `y`, and as many numbers to write to for those who cannot change them in place.
struct Vectors {
    y: Vec<f64>,
    spare: Vec<f64>,
}

impl Vectors {
    fn new() -> Self {
        let y: Vec<_> = (0..LENGTH).map(|i| i as f64).collect();
        Vectors { spare: y.clone(), y }
    }

    fn by_peer(&mut self, peer: Peer, a: f64, x: &[f64]) {
        let Vectors { y, spare } = self;
        let add = |(y, x): (&mut f64, &f64)| *y += a * x;
        match peer {
            Peer::Rayon => y.par_iter_mut().zip(x).for_each(add),
            Peer::RayonMinLen(items) => y.par_iter_mut().zip(x).with_min_len(items).for_each(add),
            _ => {
                peer.fill(spare, |i| y[i] + a * x[i]);
                mem::swap(y, spare);
            }
        }
    }
}

/// Measures it.
pub(crate) fn run(ask: Ask) -> Findings {
    let x: Vec<f64> = (0..LENGTH).map(|i| (i as f64).cos()).collect();
    let x = || black_box(&x[..]);
    type Form<'a> = Box<dyn Fn(&mut Vectors) + 'a>;
    let mut forms: Vec<(&'static str, Form)> = vec![
        ("loop", Box::new(|vectors| plain(&mut vectors.y, black_box(A), x()))),
        ("parmap", Box::new(|vectors| chunks(vectors.y.chunks_mut(CHUNK), black_box(A), x()))),
        ("parmap, by number", Box::new(|vectors| numbers(&mut vectors.y, black_box(A), x()))),
    ];
    for peer in Peer::all(CHUNK) {
        forms.push((peer.name(), Box::new(move |vectors| vectors.by_peer(peer, black_box(A), x()))));
    }
    // What a call makes of `y` depends on the calls before it, so results are compared here, and not by the contest.
    let [expected, results @ ..] = &forms[..] else { unreachable!("the loop is a form") };
    let result = |form: &Form| {
        let mut vectors = Vectors::new();
        form(&mut vectors);
        vectors.y
    };
    for (name, form) in results {
        assert!(result(form) == result(&expected.1), "axpy: the result of {name} is wrong");
    }
    let vectors = &RefCell::new(Vectors::new());
    let mut forms = forms.iter().map(|(name, form)| (*name, move || form(black_box(&mut vectors.borrow_mut()))));
    let (_, plain) = forms.next().expect("the loop is a form");
    let contest = Contest::new(format!("y += a * x, {LENGTH} numbers"), plain);
    let contest = forms.fold(contest, |contest, (name, form)| contest.enter(name, form));
    let mut findings = judged([contest.run(ask.time, |_, _| true)]);
    findings.notes.push("all but the loop, parmap and rayon write to a second vector and exchange the two".to_owned());
    findings
}
