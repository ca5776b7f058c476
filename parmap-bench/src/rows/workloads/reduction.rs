//! A sum over one cache line of numbers for each core: so little that whoever wakes a thread for it has lost.

use std::{hint::black_box, thread};

use parmap::{par_map, parmap};

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask, spin::spin};

/// Numbers of 8 bytes in a cache line.
const LINE: usize = 8;
/// Of work on a number, about 60 ns.
const STEPS: u32 = 60;

/// A number of so few bits that sums of them are exact in any order.
fn digits(x: f64) -> f64 {
    (spin(x.to_bits(), STEPS) >> 40) as f64
}

#[parmap(reduce = sum)]
fn sum_of_digits(x: f64) -> f64 {
    digits(x)
}

/// Measures it, with the bare numbers and with a little work on each.
pub(crate) fn run(ask: Ask) -> Findings {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let numbers: Vec<f64> = (0..LINE * cores).map(|i| i as f64).collect();
    let numbers = || black_box(&numbers[..]);

    let mut bare = Contest::new(format!("numbers x {}", LINE * cores), || numbers().iter().sum::<f64>())
        .enter("parmap", || par_map!(|x| *x, numbers(), reduce = sum));
    let mut worked = Contest::new(format!("60 ns x {}", LINE * cores), || numbers().iter().map(|x| digits(*x)).sum())
        .enter("parmap", || sum_of_digits(numbers()));
    for peer in Peer::all(LINE) {
        bare = bare.enter(peer.name(), move || {
            let numbers = numbers();
            peer.sum(numbers.len(), |i| numbers[i])
        });
        worked = worked.enter(peer.name(), move || {
            let numbers = numbers();
            peer.sum(numbers.len(), |i| digits(numbers[i]))
        });
    }
    judged([bare, worked].map(|contest| contest.run(ask.time, |a, b| a == b)))
}
