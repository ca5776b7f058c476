//! Rounds: each contender in turn, again and again, and what is kept of their times.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::{capacity::Capacity, contenders::Cost};

/// Fewest rounds of a row, however long they take.
pub(crate) const ROUNDS: usize = 7;
/// A batch of calls takes at least about this long, so that reading the clock is nothing beside it.
const BATCH_NS: f64 = 200_000.0;

/// How many calls that take so long are a batch.
pub(crate) fn calls(call_ns: f64) -> u32 {
    (BATCH_NS / call_ns).clamp(1.0, 2_000.0) as u32
}

/// What a call took, in nanoseconds, of a batch of so many.
pub(crate) fn call_ns(calls: u32, call: impl Fn()) -> f64 {
    let began = Instant::now();
    (0..calls).for_each(|_| call());
    began.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

/// One contender's times of a call, in nanoseconds.
pub(crate) struct Times {
    pub(crate) best: f64,
    pub(crate) median: f64,
}

impl Times {
    pub(crate) fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_unstable_by(f64::total_cmp);
        Times { best: rounds[0], median: rounds[rounds.len() / 2] }
    }
}

/// What one row measured.
pub(crate) struct Row {
    pub(crate) plain: Times,
    pub(crate) parmap: Times,
    pub(crate) rayon: Times,
    pub(crate) capacity: f64,
}

/// Measures one number of items of one cost, for about as long as it is given.
///
/// # Panics
///
/// If a contender's results differ from the plain loop's.
pub(crate) fn measure(cost: &Cost, items: u64, time: Duration) -> Row {
    let expected = (cost.plain)(items);
    assert_eq!((cost.parmap)(items), expected, "parmap, {} x {items}", cost.name);
    assert_eq!((cost.rayon)(items), expected, "rayon, {} x {items}", cost.name);
    let calls = calls(cost.item_ns * items as f64);
    let batch = |map: fn(u64) -> Vec<u64>| call_ns(calls, || _ = black_box(map(black_box(items))));
    let (mut plain, mut parmap, mut rayon) = (Vec::new(), Vec::new(), Vec::new());
    let mut capacity = Capacity::new();
    let began = Instant::now();
    while plain.len() < ROUNDS || began.elapsed() < time {
        plain.push(batch(cost.plain));
        parmap.push(batch(cost.parmap));
        rayon.push(batch(cost.rayon));
        if plain.len() % 20 == 1 {
            capacity.read();
        }
    }
    Row { plain: Times::of(plain), parmap: Times::of(parmap), rayon: Times::of(rayon), capacity: capacity.factor() }
}

/// The best time of a call with one item, in nanoseconds: of the function itself, and of the annotated one.
///
/// # Panics
///
/// If their results differ.
pub(crate) fn measure_one(cost: &Cost, time: Duration) -> [f64; 2] {
    const CALLS: u64 = 1_000;
    let mut best = [f64::MAX; 2];
    let began = Instant::now();
    while began.elapsed() < time {
        let results = std::array::from_fn::<_, 2, _>(|contender| {
            let began = Instant::now();
            let result = cost.one_by_one[contender](CALLS);
            best[contender] = best[contender].min(began.elapsed().as_secs_f64() * 1e9 / CALLS as f64);
            result
        });
        assert_eq!(results[0], results[1], "one item, {}", cost.name);
    }
    best
}
