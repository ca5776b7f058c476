//! All pipelines of one to six parallel and serial stages: the values of the plain chain, each item once a stage.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use parmap::{Settings, pipeline, with};

use crate::work::{Cost, ordered, pure};

/// What each stage costs, and how often it was called.
#[derive(Default)]
struct Stages {
    costs: Vec<Cost>,
    calls: [AtomicUsize; 6],
    next: AtomicUsize,
}

impl Stages {
    fn new(costs: &[Cost]) -> Self {
        Stages { costs: costs.to_vec(), ..Stages::default() }
    }

    /// The number of the next stage, its cost and where it counts.
    fn next(&self) -> (u64, Cost, &AtomicUsize) {
        let number = self.next.fetch_add(1, Relaxed);
        (number as u64, self.costs[number % self.costs.len()], &self.calls[number])
    }

    fn par(&self) -> impl Fn(u64) -> u64 + Sync {
        let (number, cost, calls) = self.next();
        pure(number, cost, calls)
    }

    fn serial(&self) -> impl FnMut(u64) -> u64 + Send {
        let (number, cost, calls) = self.next();
        ordered(number, cost, calls)
    }
}

/// One shape of pipelines.
struct Mix {
    name: &'static str,
    stages: usize,
    /// How many batches may be in flight: 0 for the default.
    in_flight: &'static [usize],
    plain: fn(&Stages, u64) -> Vec<u64>,
    pipeline: fn(&Stages, u64, usize) -> Vec<u64>,
}

macro_rules! mix {
    // Each pipeline takes the compiler a while: of long ones there is one of each shape.
    (some $($stage:ident)+) => {
        mix!(@ [8] |stages, items, _in_flight| pipeline!(0..items, $($stage(stages.$stage()),)+ collect(), in_flight = 8);
            $($stage)+)
    };
    (all $($stage:ident)+) => {
        mix!(@ [0, 1, 2, 16] |stages, items, in_flight| match in_flight {
            0 => pipeline!(0..items, $($stage(stages.$stage()),)+ collect()),
            1 => pipeline!(0..items, $($stage(stages.$stage()),)+ collect(), in_flight = 1),
            2 => pipeline!(0..items, $($stage(stages.$stage()),)+ collect(), in_flight = 2),
            _ => pipeline!(0..items, $($stage(stages.$stage()),)+ collect(), in_flight = 16),
        }; $($stage)+)
    };
    (@ $in_flight:tt |$stages:ident, $items:ident, $bound:ident| $pipeline:expr; $($stage:ident)+) => {{
        // Functions and not closures: the compiler looks at each by itself.
        fn plain(stages: &Stages, items: u64) -> Vec<u64> {
            (0..items)$(.map(stages.$stage()))+.collect()
        }

        fn pipeline($stages: &Stages, $items: u64, $bound: usize) -> Vec<u64> {
            $pipeline
        }

        Mix {
            name: stringify!($($stage)+),
            stages: [$(stringify!($stage)),+].len(),
            in_flight: &$in_flight,
            plain,
            pipeline,
        }
    }};
}

/// All shapes of at most as many stages as there are words in brackets, each of which says how many bounds to try.
macro_rules! mixes {
    ($mixes:ident [$which:ident $($more:tt)*] $($before:ident)*) => {
        $mixes.push(mix!($which $($before)* par));
        $mixes.push(mix!($which $($before)* serial));
        mixes!($mixes [$($more)*] $($before)* par);
        mixes!($mixes [$($more)*] $($before)* serial);
    };
    ($mixes:ident [] $($before:ident)+) => {};
}

fn mixes() -> Vec<Mix> {
    let mut mixes = Vec::new();
    mixes!(mixes [all all all some some some]);
    mixes
}

/// Compares pipeline and plain chain, and how often each stage was called.
fn check(mix: &Mix, costs: &[Cost], items: u64, processes: usize, in_flight: usize, seed: Option<u64>) {
    let (plain, pipeline) = (Stages::new(costs), Stages::new(costs));
    let expected = (mix.plain)(&plain, items);
    let settings = Settings::new().processes(processes);
    let settings = seed.map_or(settings.clone(), |seed| settings.shuffle(seed));
    let found = with(settings, || (mix.pipeline)(&pipeline, items, in_flight));
    let what = format!("{}: {items} items {costs:?}, {processes} processes, {in_flight} in flight, {seed:?}", mix.name);
    assert!(found == expected, "{what}");
    for (stage, calls) in pipeline.calls.iter().enumerate() {
        let expected = if stage < mix.stages { items as usize } else { 0 };
        assert_eq!(calls.load(Relaxed), expected, "stage {stage} of {what}");
    }
}

#[test]
fn there_are_all_of_them() {
    let mixes = mixes();
    assert_eq!(mixes.len(), 126);
    let mut names: Vec<_> = mixes.iter().map(|mix| mix.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 126);
}

#[test]
fn short_streams() {
    for mix in &mixes() {
        for items in [0, 1, 2, 3, 17] {
            for processes in [1, 2, 7] {
                for &in_flight in mix.in_flight {
                    check(mix, &[Cost::Nothing], items, processes, in_flight, None);
                    check(mix, &[Cost::Nothing], items, processes, in_flight, Some(items));
                }
            }
        }
    }
}

#[test]
fn a_thousand_items() {
    for (number, mix) in mixes().iter().enumerate() {
        for processes in [1, 2, 7] {
            for &in_flight in mix.in_flight {
                // Dear enough to be shared, with the dearest stage somewhere else each time.
                let mut costs = vec![Cost::Even(200); mix.stages];
                costs[(number + in_flight) % mix.stages] = Cost::Even(1_000);
                check(mix, &costs, 1_000, processes, in_flight, None);
                check(mix, &[Cost::Nothing], 1_000, processes, in_flight, Some(number as u64));
            }
        }
    }
}

#[test]
fn uneven_and_sleeping_stages() {
    for (number, mix) in mixes().iter().enumerate().step_by(3) {
        for (processes, &in_flight) in [2, 7].into_iter().zip(mix.in_flight.iter().cycle().skip(number)) {
            let mut costs = vec![Cost::Even(50); mix.stages];
            costs[number % mix.stages] = Cost::Skewed(200);
            check(mix, &costs, 1_000, processes, in_flight, None);
            costs[(number + 1) % mix.stages] = Cost::Sleeping(100);
            check(mix, &costs, 300, processes, in_flight, None);
        }
    }
}

#[test]
fn a_million_items() {
    let mixes = mixes();
    let chosen = ["par", "serial", "par serial", "serial par", "par par serial", "par serial par serial par serial"];
    for name in chosen {
        let mix = mixes.iter().find(|mix| mix.name == name).unwrap();
        for (processes, &in_flight) in [1, 2, 2, 7].into_iter().zip(mix.in_flight.iter().cycle()) {
            check(mix, &[Cost::Nothing], 1_000_000, processes, in_flight, None);
        }
        check(mix, &[Cost::Even(100), Cost::Nothing], 1_000_000, 2, mix.in_flight[0], None);
    }
}
