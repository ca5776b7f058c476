//! Row 4: items of very different cost.
//!
//! The **ideal makespan** is the plain loop's best time over the capacity, or what the dearest item takes, if that is
//! more: items are not cut.

use std::hint::black_box;

use parmap::parmap;

use crate::{
    contest::{Contest, Outcome},
    peers::Peer,
    report::{Findings, Target, Verdict},
    rows::Ask,
    spin::spin,
};

/// Steps of all items together: about 20 ms.
const STEPS: u64 = 10_000_000;
/// One item in so many is dear, where few hold most of the work.
const DEAR: usize = 100;
/// The most that a call may take of the ideal makespan, with `chunksize = 1` and where parmap chooses.
const MOST: [f64; 2] = [1.03, 1.10];

/// How costs are spread over the items.
#[derive(Clone, Copy)]
enum Skew {
    Ascending,
    Descending,
    /// 1% of the items hold 99% of the work, and stand together in the middle.
    Cluster,
    /// The same, one in every hundred.
    Spread,
}

impl Skew {
    fn name(self) -> &'static str {
        match self {
            Skew::Ascending => "ascending",
            Skew::Descending => "descending",
            Skew::Cluster => "1% in a cluster",
            Skew::Spread => "1% spread",
        }
    }

    /// Steps of each of so many items, [`STEPS`] in all but for what rounding takes.
    fn steps(self, items: usize) -> Vec<u32> {
        // The `i`th of the items in a row from nothing to twice the mean.
        let slope = |i: usize| (2 * STEPS * i as u64 / (items * items) as u64) as u32;
        let dear = items / DEAR;
        let shared = |steps: u64, items: usize| (steps / items as u64) as u32;
        let (of_dear, of_cheap) = (shared(STEPS * 99 / 100, dear), shared(STEPS / 100, items - dear));
        let few = |is_dear: bool| if is_dear { of_dear } else { of_cheap };
        let first = (items - dear) / 2;
        let steps = |i: usize| match self {
            Skew::Ascending => slope(i),
            Skew::Descending => slope(items - 1 - i),
            Skew::Cluster => few((first..first + dear).contains(&i)),
            Skew::Spread => few(i % DEAR == DEAR / 2),
        };
        (0..items).map(steps).collect()
    }
}

/// What measures items of these steps.
type Measure = fn(&str, &[u32], Ask) -> Outcome;

/// A job of its own functions, and so call sites.
macro_rules! job {
    ($skew:ident, $items:literal) => {
        (Skew::$skew, $items, |job, steps, ask| {
            #[parmap(global = steps)]
            fn annotated(i: usize, steps: &[u32]) -> u64 {
                spin(i as u64, steps[i])
            }
            #[parmap(global = steps, chunksize = 1)]
            fn one_by_one(i: usize, steps: &[u32]) -> u64 {
                spin(i as u64, steps[i])
            }
            let all = || 0..black_box(steps).len();
            let mut contest = Contest::new(job, move || all().map(|i| spin(i as u64, steps[i])).collect())
                .enter("parmap", move || annotated(all(), steps))
                .enter("parmap, chunksize 1", move || one_by_one(all(), steps));
            // One at a time, as OpenMP's `dynamic` does it by itself and as such items ask for.
            for peer in Peer::all(1) {
                contest = contest.enter(peer.name(), move || peer.map(all().len(), |i| spin(i as u64, steps[i])));
            }
            contest.run(ask.time, Vec::eq)
        })
    };
}

/// The jobs.
static JOBS: [(Skew, usize, Measure); 8] = [
    job!(Ascending, 1_000),
    job!(Descending, 1_000),
    job!(Cluster, 1_000),
    job!(Spread, 1_000),
    job!(Ascending, 10_000),
    job!(Descending, 10_000),
    job!(Cluster, 10_000),
    job!(Spread, 10_000),
];

/// Measures all jobs.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for &(skew, items, measure) in &JOBS {
        let job = format!("{}, {items} items", skew.name());
        let steps = skew.steps(items);
        let outcome = measure(&job, &steps, ask);
        let of_all: u64 = steps.iter().map(|&steps| u64::from(steps)).sum();
        let dearest = steps.iter().max().map_or(0.0, |&most| f64::from(most) / of_all as f64);
        let ideal = outcome.plain.best * dearest.max(1.0 / outcome.capacity);
        for (name, most) in ["parmap, chunksize 1", "parmap"].into_iter().zip(MOST) {
            let of_ideal = outcome.times(name).best / ideal;
            let what = format!("{job}, {name}");
            findings.verdicts.push(Verdict::new(what, of_ideal, Target::AtMost(most), " of the ideal"));
        }
        if let Some((peer, faster)) = outcome.best_peer() {
            let of_ideal = outcome.plain.best / faster / ideal;
            let what = format!("{job}, best peer ({peer})");
            findings.verdicts.push(Verdict::new(what, of_ideal, Target::Shown, " of the ideal"));
        }
        findings.outcomes.push(outcome);
    }
    findings
}
