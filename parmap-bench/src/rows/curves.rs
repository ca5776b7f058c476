//! What the plots of speed-up and tax show: regions of items of one cost, from one item on, by everybody.

use std::hint::black_box;

use parmap::par_map;

use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask, spin::spin};

/// A point of a curve.
struct Point {
    /// What an item costs.
    item: &'static str,
    items: u64,
    /// What [`spin`] is given.
    steps: u32,
    /// Items that are handed out at a time by those that take a size: some microseconds' worth.
    chunk: usize,
    plain: fn(u64) -> Vec<u64>,
    parmap: fn(u64) -> Vec<u64>,
}

/// Curves, by the cost of an item in steps; each point has a call site of its own.
macro_rules! curves {
    ($($item:literal, $steps:literal, chunk $chunk:literal: $($items:literal)*;)*) => {
        [$($(Point {
            item: $item,
            items: $items,
            steps: $steps,
            chunk: $chunk,
            plain: |items| (0..items).map(|i| spin(i, $steps)).collect(),
            parmap: |items| par_map!(|i| spin(i, $steps), 0..items),
        }),*),*]
    };
}

static POINTS: [Point; 17] = curves! {
    "2 ns", 3, chunk 1_000: 1 10 100 1_000 10_000 100_000 1_000_000;
    "200 ns", 125, chunk 25: 1 10 100 1_000 10_000 100_000;
    "20 us", 12_500, chunk 1: 1 10 100 1_000;
};

/// Measures all points. A job is called `2 ns x 100`.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for &Point { item, items, steps, chunk, plain, parmap } in &POINTS {
        let items = move || black_box(items);
        let mut contest = Contest::new(format!("{item} x {}", items()), move || plain(items()))
            .enter("parmap", move || parmap(items()));
        for peer in Peer::all(chunk) {
            contest = contest.enter(peer.name(), move || peer.map(items() as usize, |i| spin(i as u64, steps)));
        }
        findings.outcomes.push(contest.run(ask.time, |a, b| a == b));
    }
    findings
}
