//! The capacity: how much faster all cores finish independent work than one does, right now.

use std::{hint::black_box, thread, time::Instant};

use crate::contenders::spin;

/// Iterations that take about 2 ms.
const WORK: u32 = 1_000_000;

/// One reading.
pub(crate) fn read() -> f64 {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || _ = black_box(spin(black_box(1), WORK));
    let began = Instant::now();
    (0..threads).for_each(|_| work());
    let alone = began.elapsed();
    let began = Instant::now();
    thread::scope(|scope| {
        (1..threads).for_each(|_| _ = scope.spawn(work));
        work();
    });
    alone.as_secs_f64() / began.elapsed().as_secs_f64()
}
