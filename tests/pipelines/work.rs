//! What the stages of the tests do, and the settings under which everything is tried.

use std::{
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::Duration,
};

use parmap::{Settings, with};

/// A number that depends on all bits of `x`.
pub(crate) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^ (x >> 29)
}

/// How long an item takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cost {
    /// No time to speak of.
    Nothing,
    /// So many steps, of about a nanosecond each in a release build.
    Even(u64),
    /// One in 64 takes 64 times as long as these steps.
    Skewed(u64),
    /// One in 16 sleeps for so many microseconds.
    Sleeping(u64),
}

impl Cost {
    pub(crate) fn pay(self, x: u64) {
        let spin = |steps: u64| _ = black_box((0..steps).fold(x, |x, step| black_box(x ^ step)));
        match self {
            Cost::Nothing => {}
            Cost::Even(steps) => spin(steps),
            Cost::Skewed(steps) => spin(if x % 64 == 7 { steps * 64 } else { steps }),
            Cost::Sleeping(microseconds) if x % 16 == 7 => thread::sleep(Duration::from_micros(microseconds)),
            Cost::Sleeping(_) => {}
        }
    }
}

/// What a stage does that does not care in which order, and how often it did.
pub(crate) fn pure(salt: u64, cost: Cost, calls: &AtomicUsize) -> impl Fn(u64) -> u64 + Sync {
    move |x| {
        calls.fetch_add(1, Relaxed);
        cost.pay(x);
        mix(x ^ salt)
    }
}

/// What a stage does that shows in which order it was given its items, and how often it did.
pub(crate) fn ordered(salt: u64, cost: Cost, calls: &AtomicUsize) -> impl FnMut(u64) -> u64 + Send {
    let mut all = salt;
    move |x| {
        calls.fetch_add(1, Relaxed);
        cost.pay(x);
        all = all.rotate_left(7) ^ x;
        mix(all)
    }
}

/// Runs `check` as the pipeline itself says, at three widths, and with batches in other orders.
pub(crate) fn every_order(mut check: impl FnMut()) {
    for processes in [0, 1, 2, 7] {
        for seed in [None, Some(1), Some(2)] {
            let settings = Settings::new().processes(processes);
            let settings = seed.map_or(settings.clone(), |seed| settings.shuffle(seed));
            let _under = Under(&settings);
            with(settings.clone(), &mut check);
        }
    }
}

/// Tells under which settings a test failed.
struct Under<'s>(&'s Settings);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("under {:?}", self.0);
        }
    }
}
