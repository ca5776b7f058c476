//! The capacity: how much faster all cores finish independent work than one does, right now.

use std::{hint::black_box, thread, time::Instant};

use crate::spin::spin;

/// Iterations that take about 10 ms: so many that to start threads takes no part of it that one would see.
const WORK: u32 = 4_000_000;

/// The best times seen so far, in seconds: what the machine can give, not what it gave to somebody else.
pub(crate) struct Capacity {
    alone: f64,
    together: f64,
}

impl Capacity {
    pub(crate) fn new() -> Self {
        Capacity { alone: f64::INFINITY, together: f64::INFINITY }
    }

    /// Takes one reading.
    pub(crate) fn read(&mut self) {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let work = || _ = black_box(spin(black_box(1), WORK));
        let began = Instant::now();
        (0..threads).for_each(|_| work());
        self.alone = self.alone.min(began.elapsed().as_secs_f64());
        let began = Instant::now();
        thread::scope(|scope| {
            (1..threads).for_each(|_| _ = scope.spawn(work));
            work();
        });
        self.together = self.together.min(began.elapsed().as_secs_f64());
    }

    pub(crate) fn factor(&self) -> f64 {
        self.alone / self.together
    }
}
