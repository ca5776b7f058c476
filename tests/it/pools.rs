//! Busy, blocked and shared pools: a caller can always finish alone, and leaves nothing behind.

use std::sync::{Barrier, Mutex};

use parmap::parmap;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::threads::in_a_process_of_its_own;

/// Some microseconds of work, so that helpers are asked for.
#[parmap(global = processes, processes = processes)]
fn work(x: u64, processes: usize) -> u64 {
    (0..2_000).fold(x, |x, i| std::hint::black_box(x.wrapping_mul(31) ^ i)) + processes as u64
}

fn expected(processes: usize) -> Vec<u64> {
    (0..100).map(|x| work(x, processes)).collect()
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn a_lock_held_across_calls_by_every_thread_of_a_pool() {
    let (pool, lock) = (pool(4), Mutex::new(0));
    for processes in [0, 2, 4, 7] {
        let expected = expected(processes);
        pool.broadcast(|_| {
            for _ in 0..20 {
                let mut calls = lock.lock().unwrap();
                assert_eq!(work(0..100, processes), expected);
                *calls += 1;
            }
        });
    }
    assert_eq!(*lock.lock().unwrap(), 4 * 4 * 20);
}

/// Keeps every thread of the pool but `free` of them waiting while `body` runs.
fn with_blocked<R>(threads: usize, spawn: impl Fn(Box<dyn FnOnce() + Send>), body: impl FnOnce() -> R) -> R {
    let barriers = std::sync::Arc::new((Barrier::new(threads + 1), Barrier::new(threads + 1)));
    for _ in 0..threads {
        let barriers = barriers.clone();
        spawn(Box::new(move || {
            barriers.0.wait();
            barriers.1.wait();
        }));
    }
    barriers.0.wait();
    let result = body();
    barriers.1.wait();
    result
}

#[test]
fn a_blocked_pool_around_the_caller() {
    let pool = pool(3);
    for processes in [0, 2, 3] {
        let expected = expected(processes);
        with_blocked(
            2,
            |job| pool.spawn(job),
            || {
                for _ in 0..100 {
                    pool.install(|| assert_eq!(work(0..100, processes), expected));
                }
            },
        );
    }
}

/// Kilobytes of memory in use, where the system tells.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}

#[test]
fn a_blocked_global_pool_collects_nothing_from_a_million_calls() {
    in_a_process_of_its_own("pools::a_blocked_global_pool_collects_nothing_from_a_million_calls", &[], || {
        /// Every twentieth call is worth helpers, so that the next asks for one before it begins.
        #[parmap(global = rounds)]
        fn item(x: u64, rounds: u64) -> u64 {
            (0..rounds).fold(x, |x, i| std::hint::black_box(x ^ i))
        }
        ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
        with_blocked(2, rayon::spawn, || {
            let mut before = 0;
            for call in 0..1_000_000_u64 {
                let rounds = if call % 20 == 0 { 1_000 } else { 1 };
                assert_eq!(item(0..8, rounds).len(), 8);
                if call == 50_000 {
                    before = memory();
                }
            }
            // A job of 100 bytes from every tenth call would be 10 MB.
            assert!(memory() <= before + 4_000, "from {before} kB to {} kB", memory());
        });
        assert_eq!(item(0..8, 3).len(), 8);
    });
}
