//! Lines of text to numbers: the sum of each line's integers, added up, and the sum of each line's decimals.

use std::{hint::black_box, str::FromStr};

use parmap::parmap;

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask, spin::spin};

const LINES: u64 = 100_000;

/// The sum of what stands between a line's spaces; nothing that is not a number.
fn sum<N: FromStr + std::iter::Sum>(line: &str) -> N {
    line.split(' ').filter_map(|field| field.parse::<N>().ok()).sum()
}

#[parmap(reduce = sum)]
fn total(line: &str) -> u64 {
    sum(line)
}

#[parmap]
fn sums(line: &str) -> f64 {
    sum(line)
}

/// Measures both.
pub(crate) fn run(ask: Ask) -> Findings {
    let of_integers = |n| format!("{n} {} {}", spin(n, 1) % 1_000, spin(n, 2) >> 40);
    let of_decimals = |n| format!("{n}.5 {:.3} {:e}", n as f64 / 7.0, (n as f64).sin());
    let integers: Vec<String> = (0..LINES).map(of_integers).collect();
    let decimals: Vec<String> = (0..LINES).map(of_decimals).collect();
    let (integers, decimals) = (|| black_box(&integers[..]), || black_box(&decimals[..]));

    let mut one =
        Contest::new(format!("integers, {LINES} lines"), || integers().iter().map(|line| sum::<u64>(line)).sum())
            .enter("parmap", || total(integers()));
    let mut many = Contest::new(format!("decimals, {LINES} lines"), || {
        decimals().iter().map(|line| sum::<f64>(line)).collect::<Vec<_>>()
    })
    .enter("parmap", || sums(decimals()));
    for peer in Peer::all(100) {
        one = one.enter(peer.name(), move || {
            let lines = integers();
            // Exact, as all sums are below 2^53.
            peer.sum(lines.len(), |i| sum::<u64>(&lines[i]) as f64) as u64
        });
        many = many.enter(peer.name(), move || {
            let lines = decimals();
            peer.map(lines.len(), |i| sum::<f64>(&lines[i]))
        });
    }
    judged([one.run(ask.time, |a, b| a == b), many.run(ask.time, |a, b| a == b)])
}
