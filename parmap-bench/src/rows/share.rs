//! Row 3: work of a millisecond and more, which all should share well: parmap beside the best of its peers.

use std::hint::black_box;

use parmap::parmap;

use crate::{
    contest::{Contest, Outcome},
    peers::Peer,
    report::{Findings, Target, Verdict},
    rows::{Ask, tax::work},
};

/// The least that parmap's speed-up may be of the best peer's.
const LEAST: f64 = 0.97;

/// A job of its own function, and so call site: its name, and its contest.
macro_rules! job {
    ($item:literal, $items:literal, $steps:literal) => {
        (concat!($item, " x ", $items), |job, ask| {
            #[parmap]
            fn annotated(x: u64) -> u64 {
                work::<$steps>(x)
            }
            let items = || black_box($items);
            let mut contest = Contest::new(job, move || (0..items()).map(|x| work::<$steps>(x)).collect())
                .enter("parmap", move || annotated(0..items()));
            for peer in Peer::all(25) {
                contest = contest.enter(peer.name(), move || peer.map(items() as usize, |i| work::<$steps>(i as u64)));
            }
            contest.run(ask.time, Vec::eq)
        })
    };
}

/// What measures a job of this name.
type Measure = fn(&str, Ask) -> Outcome;

/// The jobs.
static JOBS: [(&str, Measure); 6] = [
    job!("2 ns", 1_000_000, 3),
    job!("20 ns", 100_000, 24),
    job!("200 ns", 10_000, 115),
    job!("1.3 us", 1_000, 650),
    job!("20 us", 100, 10_000),
    job!("1 ms", 8, 500_000),
];

/// Measures all jobs.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for (job, measure) in &JOBS {
        let outcome = measure(job, ask);
        let ours = outcome.speed_up("parmap");
        if let Some((peer, theirs)) = outcome.best_peer() {
            let what = format!("{job}, beside the best peer ({peer})");
            findings.verdicts.push(Verdict::new(what, ours / theirs, Target::AtLeast(LEAST), " of it"));
        }
        let of_capacity = ours / outcome.capacity;
        findings.verdicts.push(Verdict::new(*job, of_capacity, Target::Shown, " of capacity"));
        findings.outcomes.push(outcome);
    }
    findings
}
