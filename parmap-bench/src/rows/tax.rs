//! Row 1: what a call costs beyond the plain loop where there is too little work to share.
//!
//! Each job is done over a range and over a vector by reference. Beside them: the annotated function called with one item,
//! not a collection, in a loop that the compiler sees whole.

use std::{hint::black_box, time::Instant};

use parmap::{par_map, parmap};

use crate::{
    contest::{Contest, Outcome},
    peers::Peer,
    report::{Findings, Target, Verdict},
    rows::Ask,
    spin::spin,
};

/// The most that a call may cost beyond the loop, in nanoseconds.
pub(crate) const MOST: f64 = 150.0;
/// The most that a call with one item may cost beyond the plain call, in nanoseconds.
const MOST_FOR_ONE: f64 = 10.0;
/// Calls with one item that are timed together.
const ONES: u64 = 1_000;
/// An item of fewer steps is the same to all contenders, whether or not the compiler does several at once.
const FEW_STEPS: u32 = 6;

/// The plain loop that reads the clock before its first item and after it.
pub(crate) const LOOKED_AT: &str = "loop, clock read twice";

/// [`LOOKED_AT`]: what anybody pays who wants to know, before the others are begun, how long the first item took.
pub(crate) fn looked_at(mut results: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut all = Vec::with_capacity(results.size_hint().0);
    black_box(Instant::now());
    all.extend(results.by_ref().take(1));
    black_box(Instant::now());
    all.extend(results);
    all
}

/// What an item does: so many steps.
///
/// Several items side by side are done by vector instructions in some contenders and, for no reason of theirs, not in
/// others. From some ten steps up that takes twice the time, so there it is not left to the compiler.
#[inline]
pub(crate) fn work<const STEPS: u32>(x: u64) -> u64 {
    spin(if STEPS < FEW_STEPS { x } else { black_box(x) }, STEPS)
}

/// Items of one cost, in collections of some length.
struct Tiny {
    /// The cost of an item.
    item: &'static str,
    items: u64,
    range: fn(&str, u64, Ask) -> Outcome,
    vector: fn(&str, u64, Ask) -> Outcome,
    /// With one item; `None` where another job of this cost has it.
    one: Option<fn(&str, Ask) -> Outcome>,
}

/// A job of its own functions, and so call sites.
macro_rules! tiny {
    ($item:literal, $items:literal, $steps:literal) => {
        Tiny {
            item: $item,
            items: $items,
            range: |job, items, ask| {
                #[parmap]
                fn annotated(x: u64) -> u64 {
                    work::<$steps>(x)
                }
                let items = || black_box(items);
                let contest = Contest::new(job, move || (0..items()).map(|x| work::<$steps>(x)).collect())
                    .enter("parmap", move || annotated(0..items()))
                    .enter("parmap, par_map!", move || par_map!(|x| work::<$steps>(x), 0..items()))
                    .enter(LOOKED_AT, move || looked_at((0..items()).map(|x| work::<$steps>(x))));
                with_peers(contest, move || (items() as usize, |i| work::<$steps>(i as u64))).run(ask.time, Vec::eq)
            },
            vector: |job, items, ask| {
                #[parmap]
                fn annotated(x: u64) -> u64 {
                    work::<$steps>(x)
                }
                let items: &Vec<u64> = &(0..items).map(|x| x << 7).collect();
                let items = || black_box(items);
                let contest = Contest::new(job, move || items().iter().map(|&x| work::<$steps>(x)).collect())
                    .enter("parmap", move || annotated(items()))
                    .enter("parmap, par_map!", move || par_map!(|&x| work::<$steps>(x), items()))
                    .enter(LOOKED_AT, move || looked_at(items().iter().map(|&x| work::<$steps>(x))));
                let work = move || {
                    let items = items();
                    (items.len(), move |i| work::<$steps>(items[i]))
                };
                with_peers(contest, work).run(ask.time, Vec::eq)
            },
            one: None,
        }
    };
    ($item:literal, $items:literal, $steps:literal, one) => {
        Tiny {
            one: Some(|job, ask| {
                #[parmap]
                fn annotated(x: u64) -> u64 {
                    work::<$steps>(x)
                }
                let each = || 0..black_box(ONES);
                Contest::new(job, move || each().fold(0, |_, x| black_box(work::<$steps>(black_box(x)))))
                    .enter("parmap", move || each().fold(0, |_, x| black_box(annotated(black_box(x)))))
                    .run(ask.time, u64::eq)
            }),
            ..tiny!($item, $items, $steps)
        }
    };
}

/// The contest with all peers, who map the numbers below the length by the function.
fn with_peers<'a, F: Fn(usize) -> u64 + Sync>(
    mut contest: Contest<'a, Vec<u64>>,
    work: impl Fn() -> (usize, F) + Copy + 'a,
) -> Contest<'a, Vec<u64>> {
    for peer in Peer::all(25) {
        contest = contest.enter(peer.name(), move || {
            let (items, of_item) = work();
            peer.map(items, of_item)
        });
    }
    contest
}

/// The jobs.
static JOBS: [Tiny; 6] = [
    tiny!("2 ns", 1, 3, one),
    tiny!("2 ns", 100, 3),
    tiny!("2 ns", 1_000, 3),
    tiny!("20 ns", 100, 24, one),
    tiny!("200 ns", 10, 115, one),
    tiny!("1 us", 4, 500),
];

/// Measures all jobs.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for Tiny { item, items, range, vector, .. } in &JOBS {
        for (job, measure) in [(format!("{item} x {items}"), range), (format!("{item} x {items}, &Vec"), vector)] {
            let outcome = measure(&job, *items, ask);
            findings.verdicts.push(Verdict::new(format!("tax, {job}"), outcome.tax(), Target::AtMost(MOST), " ns"));
            let of_clock = outcome.times(LOOKED_AT).best - outcome.plain.best;
            let what = format!("of it the clock, {job}");
            findings.verdicts.push(Verdict::new(what, of_clock, Target::Shown, " ns"));
            findings.outcomes.push(outcome);
        }
    }
    for Tiny { item, one, .. } in &JOBS {
        if let Some(measure) = one {
            let outcome = measure(&format!("{item}, {ONES} calls with one item"), ask);
            let tax = outcome.tax() / ONES as f64;
            let what = format!("tax of a call with one item, {item}");
            findings.verdicts.push(Verdict::new(what, tax, Target::AtMost(MOST_FOR_ONE), " ns"));
            findings.outcomes.push(outcome);
        }
    }
    findings
}
