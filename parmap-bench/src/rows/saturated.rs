//! Calls while every thread of rayon's pool is busy with somebody else's jobs, and stays so: nobody comes to help, and
//! a call must cost what the loop costs.

use std::{
    fmt,
    hint::{black_box, spin_loop},
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, Ordering},
    },
};

use parmap::par_map;

use super::{tax, workloads::SMALL_NS};
use crate::{
    contest::Contest,
    report::{Findings, Target, Verdict},
    rows::Ask,
    spin::spin,
};

/// What the pool's threads are busy with.
#[derive(Clone, Copy)]
enum Jobs {
    Spinning,
    Blocked,
}

impl fmt::Display for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Jobs::Spinning => "spinning",
            Jobs::Blocked => "blocked",
        })
    }
}

/// Keeps all threads of the pool busy until it is dropped.
struct Busy {
    over: Arc<AtomicBool>,
    /// Where the jobs meet their owner once it is over; those that are blocked wait there from the beginning.
    end: Arc<Barrier>,
}

impl Busy {
    /// Returns when all threads are busy.
    fn new(jobs: Jobs) -> Self {
        let threads = rayon::current_num_threads();
        let [begin, end] = [(); 2].map(|()| Arc::new(Barrier::new(threads + 1)));
        let busy = Busy { over: Arc::default(), end };
        for _ in 0..threads {
            let (begin, end, over) = (begin.clone(), busy.end.clone(), busy.over.clone());
            rayon::spawn(move || {
                begin.wait();
                while matches!(jobs, Jobs::Spinning) && !over.load(Ordering::Relaxed) {
                    spin_loop();
                }
                end.wait();
            });
        }
        begin.wait();
        busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.end.wait();
    }
}

/// A region: what it is called, and its loop and parmap's call.
struct Region {
    job: &'static str,
    plain: fn() -> Vec<u64>,
    parmap: fn() -> Vec<u64>,
}

/// A region of items of so many steps.
macro_rules! region {
    ($job:literal, $steps:literal x $items:literal) => {
        Region {
            job: $job,
            plain: || (0..black_box($items)).map(|i| spin(i, $steps)).collect(),
            parmap: || par_map!(|i| spin(i, $steps), 0..black_box($items)),
        }
    };
}

/// All regions. Those that one use of this makes share no call site with those of another.
macro_rules! regions {
    () => {
        [
            region!("2 ns x 100", 3 x 100),
            region!("20 ns x 1000", 24 x 1_000),
            region!("1 us x 1000", 625 x 1_000),
            region!("20 us x 100", 12_500 x 100),
        ]
    };
}

/// Measures all regions beside jobs of both kinds.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for (jobs, regions) in [(Jobs::Blocked, regions!()), (Jobs::Spinning, regions!())] {
        let _busy = Busy::new(jobs);
        for Region { job, plain, parmap } in regions {
            let contest = Contest::new(format!("{job}, pool {jobs}"), plain).enter("parmap", parmap);
            let outcome = contest.run(ask.time, |a, b| a == b);
            findings.verdicts.push(if outcome.plain.best < SMALL_NS {
                Verdict::new(format!("tax, {}", outcome.job), outcome.tax(), Target::AtMost(tax::MOST), " ns")
            } else {
                let of_loop = 1.0 / outcome.speed_up("parmap");
                Verdict::new(outcome.job.clone(), of_loop, Target::AtMost(1.05), " of the loop's time")
            });
            findings.outcomes.push(outcome);
        }
    }
    findings
        .notes
        .push("without peers: a call of rayon's waits until the jobs are over, which is for ever here".to_owned());
    findings
}
