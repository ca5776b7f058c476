//! Row 2: how much slower than the loop parmap ever is, over numbers of items, costs, `chunksize`s and `processes`.
//!
//! A **point** is one number of items of one cost with one `chunksize` and one `processes`; what is judged is its time of
//! a call, less the tax that row 1 allows, over the loop's. The worst of hundreds of points are mostly noise, so those are
//! measured again, by themselves and for longer, and the worst of these measurements counts.

use std::{collections::HashSet, hint::black_box};

use parmap::parmap;

use crate::{
    contest::{Contest, Outcome},
    peers::Peer,
    report::{Findings, Target, Verdict, in_units},
    rows::{
        Ask,
        tax::{self, LOOKED_AT, looked_at, work},
    },
};

/// Numbers of items.
const ITEMS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// Loops that take longer than this, in nanoseconds, or than half the time of a contest, are run only if everything is
/// asked for.
const LONG: f64 = 1e9;
/// The rounds of those.
const FEW_ROUNDS: usize = 3;
/// Loops that take longer than this are run once: all ways to do the longest together take a quarter of an hour.
const ONCE: f64 = 3e10;
/// The most that a point may take of its loop's time.
const MOST: f64 = 1.05;
/// So many points are measured again, each of another loop.
const AGAIN: usize = 10;
/// For so many times as long.
const LONGER: u32 = 5;

/// Calls by one `chunksize` and one `processes`; they have a call site, and so a memory, of their own.
#[derive(Clone, Copy)]
struct Way {
    /// `c` is the `chunksize`, `p` is `processes`; what is not named is parmap's choice.
    name: &'static str,
    call: fn(u64) -> Vec<u64>,
}

/// Items of one cost.
struct Cost {
    name: &'static str,
    /// About what an item takes, in nanoseconds.
    item_ns: f64,
    plain: fn(u64) -> Vec<u64>,
    /// [`LOOKED_AT`].
    looked_at: fn(u64) -> Vec<u64>,
    rayon: fn(u64) -> Vec<u64>,
    /// What one writes without options.
    default: Way,
    others: [[Way; 4]; 3],
}

impl Cost {
    /// All ways, the default first.
    fn ways(&self) -> impl Iterator<Item = Way> + '_ {
        [self.default].into_iter().chain(self.others.as_flattened().iter().copied())
    }
}

/// A [`Cost`] of so many steps.
macro_rules! cost {
    ($name:literal, $item_ns:literal, $steps:literal) => {
        Cost {
            name: $name,
            item_ns: $item_ns,
            plain: |items| (0..items).map(|x| work::<$steps>(x)).collect(),
            looked_at: |items| looked_at((0..items).map(|x| work::<$steps>(x))),
            rayon: |items| Peer::Rayon.map(items as usize, |i| work::<$steps>(i as u64)),
            default: way!($steps, "parmap", 0, 0),
            others: [ways!($steps, "parmap", 0), ways!($steps, "parmap c=1", 1), ways!($steps, "parmap c=25", 25)],
        }
    };
}

/// The [`Way`]s of one `chunksize`.
macro_rules! ways {
    ($steps:literal, $name:literal, $chunk:literal) => {
        [
            way!($steps, concat!($name, " p=1"), $chunk, 1),
            way!($steps, concat!($name, " p=2"), $chunk, 2),
            way!($steps, concat!($name, " p=4"), $chunk, 4),
            way!($steps, concat!($name, " p=64"), $chunk, 64),
        ]
    };
}

/// One [`Way`]; 0 means the default.
macro_rules! way {
    ($steps:literal, $name:expr, $chunk:literal, $threads:literal) => {
        Way {
            name: $name,
            call: |items| {
                #[parmap(global = (chunk, threads), chunksize = chunk, processes = threads)]
                fn annotated(x: u64, chunk: usize, threads: usize) -> u64 {
                    work::<$steps>(x)
                }
                annotated(0..items, black_box($chunk), black_box($threads))
            },
        }
    };
}

/// The costs.
static COSTS: [Cost; 5] = [
    cost!("1 ns", 1.0, 2),
    cost!("10 ns", 10.0, 16),
    cost!("100 ns", 100.0, 70),
    cost!("1 us", 1_000.0, 500),
    cost!("10 us", 10_000.0, 5_000),
];

/// A point, and what it took by the best rounds, in nanoseconds.
struct Point<'a> {
    cost: &'a Cost,
    items: u64,
    way: Way,
    plain: f64,
    ours: f64,
}

impl Point<'_> {
    fn name(&self) -> String {
        format!("{} x {}, {}", self.cost.name, self.items, self.way.name)
    }

    /// Of the loop's time, the tax taken off.
    fn ratio(&self) -> f64 {
        (self.ours - tax::MOST) / self.plain
    }

    /// Of the loop's time, nothing taken off.
    fn whole_ratio(&self) -> f64 {
        self.ours / self.plain
    }
}

/// Measures all points, and the worst again.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    let mut points = Vec::new();
    let mut left_out = Vec::new();
    for cost in &COSTS {
        for items in ITEMS {
            if !ask.whole && is_long(cost, items, ask) {
                left_out.push(format!("{} x {items}", cost.name));
                continue;
            }
            let contest = contest(cost, items, cost.ways(), ask).enter("rayon", move || (cost.rayon)(black_box(items)));
            let outcome = contest.run(ask.time, Vec::eq);
            points.extend(cost.ways().map(|way| point(cost, items, way, &outcome)));
            findings.outcomes.push(outcome);
        }
    }
    if !left_out.is_empty() {
        let left_out = left_out.join(", ");
        findings.notes.push(format!("left out, as their loops take long (`--whole` runs them): {left_out}"));
    }
    points.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()));
    // Of each loop the worst, or all of these would be one loop in many ways.
    let mut loops = HashSet::new();
    let worst = points.iter().filter(|point| loops.insert((point.cost.name, point.items)));
    let mut again = Vec::new();
    for before in worst.take(AGAIN) {
        let &Point { cost, items, way, .. } = before;
        let contest = contest(cost, items, [way], ask).enter(LOOKED_AT, move || (cost.looked_at)(black_box(items)));
        let outcome = contest.run(ask.time * LONGER, Vec::eq);
        let point = point(cost, items, way, &outcome);
        findings.notes.push(format!(
            "{}: {} beside the loop's {}, {:.3} of the loop ({:.3} with the tax); in the sweep {:.3} ({:.3}); {LOOKED_AT}: {:.3}",
            point.name(),
            in_units(point.ours),
            in_units(point.plain),
            point.ratio(),
            point.whole_ratio(),
            before.ratio(),
            before.whole_ratio(),
            outcome.times(LOOKED_AT).best / outcome.plain.best,
        ));
        again.push(point);
        findings.outcomes.push(Outcome { job: format!("{}, again", outcome.job), ..outcome });
    }
    let verdict = |what: &str, point: &Point<'_>, ratio, target| {
        Verdict::new(format!("{what}: {}", point.name()), ratio, target, " of the loop")
    };
    if let Some(worst) = again.iter().max_by(|a, b| a.ratio().total_cmp(&b.ratio())) {
        let what = format!("worst of {} points, {} ns of tax taken off", points.len(), tax::MOST);
        findings.verdicts.push(verdict(&what, worst, worst.ratio(), Target::AtMost(MOST)));
    }
    if let Some(worst) = points.iter().max_by(|a, b| a.whole_ratio().total_cmp(&b.whole_ratio())) {
        findings.verdicts.push(verdict("worst, with the tax", worst, worst.whole_ratio(), Target::Shown));
    }
    let rayon = findings.outcomes.iter().filter(|outcome| outcome.others.iter().any(|(name, _)| *name == "rayon"));
    if let Some(worst) = rayon.min_by(|a, b| a.speed_up("rayon").total_cmp(&b.speed_up("rayon"))) {
        let what = format!("rayon at its worst: {}", worst.job);
        let ratio = 1.0 / worst.speed_up("rayon");
        findings.verdicts.push(Verdict::new(what, ratio, Target::Shown, " of the loop"));
    }
    findings
}

fn is_long(cost: &Cost, items: u64, ask: Ask) -> bool {
    cost.item_ns * items as f64 > LONG.min(ask.time.as_secs_f64() * 1e9 / 2.0)
}

/// The loop and these ways, each done with so many items.
fn contest(
    cost: &'static Cost,
    items: u64,
    ways: impl IntoIterator<Item = Way>,
    ask: Ask,
) -> Contest<'static, Vec<u64>> {
    let contest = Contest::new(format!("{} x {items}", cost.name), move || (cost.plain)(black_box(items)));
    let contest = match cost.item_ns * items as f64 {
        loop_ns if loop_ns > ONCE => contest.rounds(1),
        _ if is_long(cost, items, ask) => contest.rounds(FEW_ROUNDS),
        _ => contest,
    };
    ways.into_iter().fold(contest, |contest, way| contest.enter(way.name, move || (way.call)(black_box(items))))
}

fn point<'a>(cost: &'a Cost, items: u64, way: Way, outcome: &Outcome) -> Point<'a> {
    Point { cost, items, way, plain: outcome.plain.best, ours: outcome.times(way.name).best }
}
