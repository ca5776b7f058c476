//! paralight: one pool for all calls, whose threads steal from each other.
//!
//! Its caller only waits. It takes up to 2^32 - 1 items, and a call within a call would wait for itself.

use std::sync::{LazyLock, Mutex, MutexGuard};

use paralight::prelude::*;

pub(super) fn map<R: Send>(n: usize, f: &(impl Fn(usize) -> R + Sync)) -> Vec<R> {
    (0..n).into_par_iter().map(f).with_thread_pool(&mut *pool()).collect()
}

pub(super) fn fill<R: Send>(out: &mut [R], f: &(impl Fn(usize) -> R + Sync)) {
    let items = 0..out.len();
    let places = (out.par_iter_mut(), items.into_par_iter()).zip_eq();
    places.with_thread_pool(&mut *pool()).for_each(|(place, i)| *place = f(i));
}

pub(super) fn sum(n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
    (0..n).into_par_iter().map(f).with_thread_pool(&mut *pool()).sum()
}

fn pool() -> MutexGuard<'static, ThreadPool> {
    static POOL: LazyLock<Mutex<ThreadPool>> = LazyLock::new(|| {
        let num_threads = ThreadCount::AvailableParallelism;
        let (range_strategy, cpu_pinning) = (RangeStrategy::WorkStealing, CpuPinningPolicy::No);
        Mutex::new(ThreadPoolBuilder { num_threads, range_strategy, cpu_pinning }.build())
    });
    POOL.lock().expect("no call has panicked")
}
