//! Row 10: items that wait and do not work, on 32 threads whatever the number of cores.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use parmap::par_map;
use rayon::{ThreadPoolBuilder, prelude::*};

use super::Ask;
use crate::{
    capacity::Capacity,
    contest::{Outcome, timed},
    report::{Findings, Target, Verdict},
};

/// How long an item sleeps.
const SLEEP: Duration = Duration::from_millis(8);
const PROCESSES: usize = 32;

fn item(i: u64) -> u64 {
    thread::sleep(SLEEP);
    i * i
}

/// So many items, with a call site of their own.
macro_rules! measured {
    ($items:literal, $target:expr, $time:expr, $findings:expr) => {
        measure($items, |items| par_map!(item, 0..items, processes = PROCESSES), $target, $time, $findings)
    };
}

/// Measures many and few items.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    findings
        .notes
        .push("the loop and rayon on its pool of cores are run once; parmap's first call is told apart".into());
    measured!(320, Target::AtLeast(31.0), ask.time, &mut findings);
    measured!(64, Target::Shown, ask.time, &mut findings);
    findings
}

/// # Panics
///
/// If a result is wrong.
fn measure(items: u64, parmap: fn(u64) -> Vec<u64>, target: Target, time: Duration, findings: &mut Findings) {
    let job = format!("{items} x sleep of 8 ms, processes = {PROCESSES}");
    let items = || black_box(items);
    let expected: Vec<u64> = (0..items()).map(|i| i * i).collect();
    let once = |name: &str, map: &dyn Fn() -> Vec<u64>| {
        let (result, ns) = timed(1, map);
        assert!(result == expected, "{job}: the result of {name} is wrong");
        ns
    };
    let mut capacity = Capacity::new();
    capacity.read();
    let plain = once("the loop", &|| (0..items()).map(item).collect());
    let first = once("parmap", &|| parmap(items()));
    let rayon = once("rayon", &|| (0..items()).into_par_iter().map(item).collect());
    let pool = ThreadPoolBuilder::new().num_threads(PROCESSES).build();
    let mut rounds = [Vec::new(), Vec::new()];
    let began = Instant::now();
    for round in 0.. {
        if round >= 3 && began.elapsed() >= time {
            break;
        }
        rounds[0].push(once("parmap", &|| parmap(items())));
        if let Ok(pool) = &pool {
            let map = || pool.install(|| (0..items()).into_par_iter().map(item).collect());
            rounds[1].push(once("rayon, 32 threads", &map));
        }
        capacity.read();
    }
    let [parmap, rayon_32] = rounds;
    let others = [("parmap", parmap), ("rayon", vec![rayon]), ("rayon, 32 threads", rayon_32)];
    let others = others.into_iter().filter(|(_, rounds)| !rounds.is_empty());
    let outcome = Outcome::of(job.clone(), vec![plain], others, &capacity);
    findings.verdicts.push(Verdict::new(job.clone(), outcome.speed_up("parmap"), target, " times as fast"));
    let what = format!("{job}, the first call");
    findings.verdicts.push(Verdict::new(what, plain / first, Target::Shown, " times as fast"));
    findings.outcomes.push(outcome);
}
