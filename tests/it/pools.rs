//! Busy, blocked and shared pools: a caller can always finish alone, and leaves nothing behind.

use std::{
    sync::{
        Barrier, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, ThreadId},
    time::Instant,
};

use parmap::{each, parmap};
use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};

use crate::process::{in_a_process_of_its_own, kilobytes};

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
                    before = kilobytes("VmRSS");
                }
            }
            // A job of 100 bytes from every tenth call would be 10 MB.
            assert!(kilobytes("VmRSS") <= before + 4_000, "from {before} kB to {} kB", kilobytes("VmRSS"));
        });
        assert_eq!(item(0..8, 3).len(), 8);
    });
}

/// Waits without sleeping, as an item that computes does.
fn busy(micros: u128) {
    let began = Instant::now();
    while began.elapsed().as_micros() < micros {
        std::hint::spin_loop();
    }
}

#[test]
fn a_caller_whose_items_wait_for_rayon_gets_its_threads() {
    in_a_process_of_its_own("pools::a_caller_whose_items_wait_for_rayon_gets_its_threads", &[], || {
        #[parmap(global = (caller, sorted))]
        fn sort_once(i: u32, caller: ThreadId, sorted: &AtomicBool) -> u32 {
            busy(5);
            if i > 300 && thread::current().id() == caller && !sorted.swap(true, Relaxed) {
                // Long enough for every helper to run out of other work.
                busy(30_000);
                let mut numbers: Vec<u32> = (0..100_000).rev().collect();
                numbers.par_sort();
            }
            i
        }
        ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
        for _ in 0..10 {
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        let results = sort_once(0..3_000, thread::current().id(), &AtomicBool::new(false));
                        assert!(results.into_iter().eq(0..3_000));
                    });
                }
            });
        }
    });
}

#[test]
fn items_that_wait_for_rayon_inside_a_pool() {
    in_a_process_of_its_own("pools::items_that_wait_for_rayon_inside_a_pool", &[], || {
        #[parmap]
        fn mixed(i: u32) -> u32 {
            busy(2);
            if i % 37 == 5 {
                return (0..64_u32)
                    .into_par_iter()
                    .map(|x| {
                        busy(10);
                        x
                    })
                    .sum();
            }
            rayon::yield_now();
            i
        }
        let pool = pool(4);
        for _ in 0..100 {
            let results = pool.install(|| mixed(0..500));
            assert!(results.into_iter().zip(0..).all(|(result, i)| result == if i % 37 == 5 { 2_016 } else { i }));
        }
    });
}

#[test]
fn an_iterator_that_lets_rayon_run_other_jobs() {
    in_a_process_of_its_own("pools::an_iterator_that_lets_rayon_run_other_jobs", &[], || {
        #[parmap]
        fn item(i: u32) -> u32 {
            busy(30);
            i
        }
        let pool = pool(2);
        for _ in 0..20 {
            // One thread stays away for a while, so that the jobs stay for this one.
            pool.spawn(|| busy(10_000));
            let results = pool.install(|| item(each((0..2_000).inspect(|_| _ = rayon::yield_now()))));
            assert!(results.into_iter().eq(0..2_000));
        }
    });
}
