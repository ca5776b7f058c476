//! A contest: the plain loop and others that do the same job, in turn, round after round, beside the machine's capacity.
//!
//! A round times a batch of calls of each contender, one contender after the other and each round beginning with
//! another, so that a machine that drifts drifts for all of them. A pause before each lets threads of the one before,
//! which may spin for a while before they sleep, come to rest.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::capacity::Capacity;

/// Fewest rounds of a contest, however long they take, unless it says otherwise.
const ROUNDS: usize = 7;
/// A batch of calls takes at least about this long, so that reading the clock is nothing beside it.
const BATCH: Duration = Duration::from_micros(200);
/// Most calls of a batch.
const CALLS: f64 = 2_000.0;
/// A contender whose calls are far longer than the plain loop's does fewer of them: its batch takes about this long, in
/// nanoseconds, and so a contest of tiny jobs has many rounds in its time.
const LONG_BATCH: f64 = 4e6;
/// But no fewer than this, of those that the plain loop does.
const FEWEST_CALLS: u32 = 20;
/// Calls that take longer than this, in nanoseconds, count from the first.
const LONG_CALL: f64 = 1e9;
/// Between two contenders. OpenMP's threads spin for some milliseconds (in libgomp), rayon's for less than one.
pub(crate) const PAUSE: Duration = Duration::from_millis(3);

/// One contender's times of a call, in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Times {
    pub(crate) best: f64,
    pub(crate) median: f64,
}

impl Times {
    /// Of the times of single calls, or of batches.
    pub(crate) fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_unstable_by(f64::total_cmp);
        Times { best: rounds[0], median: rounds[rounds.len() / 2] }
    }
}

/// What a contest measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Outcome {
    /// What was done, in a few words: `2 ns x 100`.
    pub(crate) job: String,
    pub(crate) plain: Times,
    /// The others in the order in which they were entered; parmap is the first.
    pub(crate) others: Vec<(&'static str, Times)>,
    /// How much faster all cores finish independent work than one, in the same rounds.
    pub(crate) capacity: f64,
    pub(crate) rounds: usize,
}

impl Outcome {
    /// Of all rounds' times of a call, in nanoseconds.
    pub(crate) fn of(
        job: impl Into<String>,
        plain: Vec<f64>,
        others: impl IntoIterator<Item = (&'static str, Vec<f64>)>,
        capacity: &Capacity,
    ) -> Self {
        Outcome {
            job: job.into(),
            rounds: plain.len(),
            plain: Times::of(plain),
            others: others.into_iter().map(|(name, rounds)| (name, Times::of(rounds))).collect(),
            capacity: capacity.factor(),
        }
    }

    /// A contender's times.
    ///
    /// # Panics
    ///
    /// If nobody of that name took part.
    pub(crate) fn times(&self, name: &str) -> &Times {
        let found = self.others.iter().find(|(other, _)| *other == name);
        &found.unwrap_or_else(|| panic!("{name} took no part in {}", self.job)).1
    }

    /// How much faster than the plain loop a contender is, by the best rounds.
    pub(crate) fn speed_up(&self, name: &str) -> f64 {
        self.plain.best / self.times(name).best
    }

    /// The largest speed-up of all but parmap, and whose it is; `None` if there is nobody else.
    pub(crate) fn best_peer(&self) -> Option<(&'static str, f64)> {
        let peers = self.others.iter().filter(|(name, _)| !name.starts_with("parmap"));
        peers.map(|(name, times)| (*name, self.plain.best / times.best)).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// parmap's best time of a call less the plain loop's, in nanoseconds.
    pub(crate) fn tax(&self) -> f64 {
        self.times("parmap").best - self.plain.best
    }
}

/// Somebody who does the job so many times, and says what came of it and what one time took, in nanoseconds.
struct Contender<'a, R> {
    name: &'static str,
    batch: Box<dyn Fn(u32) -> (R, f64) + 'a>,
}

/// Does a job so many times, at least once: its last result, and what one time took in nanoseconds.
pub(crate) fn timed<R>(calls: u32, job: impl Fn() -> R) -> (R, f64) {
    let began = Instant::now();
    (1..calls).for_each(|_| drop(black_box(job())));
    let result = black_box(job());
    (result, began.elapsed().as_secs_f64() * 1e9 / f64::from(calls))
}

/// The plain loop and others that do the same job.
pub(crate) struct Contest<'a, R> {
    job: String,
    /// The plain loop is the first.
    contenders: Vec<Contender<'a, R>>,
    pause: Duration,
    fewest_rounds: usize,
}

impl<'a, R: 'a> Contest<'a, R> {
    /// A contest in `job`, which the plain loop does like this.
    pub(crate) fn new(job: impl Into<String>, plain: impl Fn() -> R + 'a) -> Self {
        Contest { job: job.into(), contenders: Vec::new(), pause: PAUSE, fewest_rounds: ROUNDS }.enter("loop", plain)
    }

    /// The fewest rounds, however long they take.
    pub(crate) fn rounds(mut self, fewest: usize) -> Self {
        self.fewest_rounds = fewest;
        self
    }

    /// One more contender.
    pub(crate) fn enter(self, name: &'static str, job: impl Fn() -> R + 'a) -> Self {
        self.enter_timed(name, move |calls| timed(calls, &job))
    }

    /// One more contender, which does the job so many times and takes the time itself, as [`timed`] does.
    pub(crate) fn enter_timed(mut self, name: &'static str, batch: impl Fn(u32) -> (R, f64) + 'a) -> Self {
        self.contenders.push(Contender { name, batch: Box::new(batch) });
        self
    }

    /// Runs rounds for about so long, and the fewest at least: [`ROUNDS`], unless [`Contest::rounds`] said otherwise. Before
    /// them all do the job once, and their results are compared; of jobs that take seconds this is the first round.
    ///
    /// # Panics
    ///
    /// If `same` says that a contender's result is not the plain loop's.
    pub(crate) fn run(&self, time: Duration, same: impl Fn(&R, &R) -> bool) -> Outcome {
        let mut capacity = Capacity::new();
        let mut rounds = vec![Vec::new(); self.contenders.len()];
        let mut began = Instant::now();
        let (expected, first_ns) = (self.contenders[0].batch)(1);
        let mut count = |number: usize, ns| {
            if first_ns > LONG_CALL {
                rounds[number].push(ns);
            }
        };
        count(0, first_ns);
        for (number, contender) in self.contenders.iter().enumerate().skip(1) {
            let (result, ns) = (contender.batch)(1);
            count(number, ns);
            assert!(same(&result, &expected), "{}: the result of {} is wrong", self.job, contender.name);
        }
        let (_, call_ns) = if first_ns < 1e7 { (self.contenders[0].batch)(2) } else { (expected, first_ns) };
        let calls = (BATCH.as_secs_f64() * 1e9 / call_ns).clamp(1.0, CALLS) as u32;
        let calls_of = |contender: &Contender<'a, R>| match calls {
            1 => 1,
            _ => ((LONG_BATCH / (contender.batch)(2).1) as u32).clamp(FEWEST_CALLS.min(calls), calls),
        };
        let calls: Vec<u32> = self.contenders.iter().map(calls_of).collect();
        capacity.read();
        if rounds[0].is_empty() {
            began = Instant::now();
        }
        while rounds[0].len() < self.fewest_rounds || began.elapsed() < time {
            let round = rounds[0].len();
            for turn in 0..self.contenders.len() {
                let number = (round + turn) % self.contenders.len();
                let (Contender { batch, .. }, calls) = (&self.contenders[number], calls[number]);
                thread::sleep(self.pause);
                // The sleep left the caches and the core's clock cold; where calls are short, some are not counted.
                if calls > 1 {
                    batch(calls / 10 + 1);
                }
                rounds[number].push(batch(calls).1);
            }
            capacity.read();
        }
        let mut rounds = self.contenders.iter().map(|contender| contender.name).zip(rounds);
        let (_, plain) = rounds.next().expect("the plain loop is a contender");
        Outcome::of(self.job.clone(), plain, rounds, &capacity)
    }
}
