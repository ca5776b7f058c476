//! `fold`: in input order, beside the mapping, with few results waiting; and `reduce`, which keeps few as well.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use parmap::{Settings, each, indexed, par_map, parmap, with};
use rayon::{ThreadPoolBuilder, prelude::*};

use crate::{
    counted::{Census, Counted},
    oracle::mix,
    process::{in_a_process_of_its_own, kilobytes},
    widths::{every_order, every_schedule},
};

/// Holds one item up, for as long as the others go on; but not for good.
#[derive(Default)]
struct Hold {
    workers: Mutex<HashSet<ThreadId>>,
    taken: AtomicBool,
    changed: Condvar,
}

impl Hold {
    /// The first item of a call that has two workers is held until `enough` says so, or half a second has passed in which
    /// it could have.
    fn pass(&self, enough: impl Fn() -> bool) {
        let mut workers = self.workers.lock().unwrap();
        workers.insert(thread::current().id());
        if workers.len() > 1 && !self.taken.swap(true, SeqCst) {
            let half_a_second = Duration::from_millis(500);
            drop(self.changed.wait_timeout_while(workers, half_a_second, |_| !enough()).unwrap());
        } else if self.taken.load(SeqCst) {
            self.changed.notify_all();
        }
    }
}

#[test]
fn results_that_wait_for_a_slow_item_are_few() {
    in_a_process_of_its_own("folds::results_that_wait_for_a_slow_item_are_few", &[], || {
        const LENGTH: usize = 1_000_000;
        const MANY: isize = 100_000;
        let follow = |next: usize, result: Counted<'_>| {
            assert_eq!(result.number, next);
            next + 1
        };
        for collection in 0..3 {
            let (census, hold) = (Census::default(), Hold::default());
            let body = |i: usize| {
                mix(i as u64);
                hold.pass(|| census.peak() > MANY);
                census.count(i)
            };
            let count = match collection {
                0 => par_map!(body, 0..LENGTH, processes = 3, fold = (0, follow)),
                1 => par_map!(body, each(0..LENGTH), processes = 3, fold = (0, follow)),
                _ => par_map!(body, indexed(0..LENGTH), processes = 3, fold = (0, follow)),
            };
            assert_eq!((count, census.living()), (LENGTH, 0));
            assert!(hold.taken.into_inner(), "two workers took part");
            assert!((10..MANY).contains(&census.peak()), "{} of {LENGTH} waited", census.peak());
        }
    });
}

/// The peak of values that live in a fold of this many items.
fn peak(length: usize, shuffled: bool) -> isize {
    let census = Census::default();
    let settings = if shuffled { Settings::new().shuffle(3) } else { Settings::new() };
    let body = |i: usize| census.count(mix(i as u64) as usize);
    let call = || par_map!(body, 0..length, processes = 4, fold = (0, |hash: usize, r| hash.rotate_left(3) ^ r.number));
    with(settings, call);
    assert_eq!((census.living(), census.made()), (0, length));
    census.peak()
}

#[test]
fn the_peak_of_living_results_does_not_grow_with_the_items() {
    let (short, long) = (peak(100_000, false), peak(1_000_000, false));
    assert!(short < 50_000 && long < 50_000, "{short} and {long}");
    let (short, long) = (peak(100_000, true), peak(1_000_000, true));
    assert!(short <= 100_000 && long < 200_000, "shuffled: {short} and {long}");
}

#[test]
fn memory_is_flat_from_a_hundred_thousand_items_to_ten_million() {
    in_a_process_of_its_own("folds::memory_is_flat_from_a_hundred_thousand_items_to_ten_million", &[], || {
        #[parmap(processes = 4, fold = (0, |hash: u64, r: [u64; 4]| hash.rotate_left(5) ^ r[0] ^ r[3]))]
        fn folded(x: u64) -> [u64; 4] {
            [x, x ^ 1, x ^ 2, x.wrapping_mul(31)]
        }
        #[parmap(processes = 4, reduce = sum)]
        fn reduced(x: u64) -> f64 {
            (x as f64).sqrt()
        }
        let calls = |n: u64| {
            folded(0..n);
            folded(each(0..n));
            folded(each((0..n).filter(|_| true)));
            folded(indexed(parallel(n)));
            reduced(0..n);
            reduced(each(0..n));
            reduced(indexed(parallel(n)));
            with(Settings::new().shuffle(8), || (folded(0..n), reduced(0..n)));
        };
        calls(100_000);
        let before = kilobytes("VmHWM");
        calls(10_000_000);
        let after = kilobytes("VmHWM");
        // All results are 320 MB; those that may wait are some megabytes, in vectors that grow.
        assert!(after <= before + 24_000, "from {before} kB to {after} kB");
        assert!(before > 0 || cfg!(not(target_os = "linux")));
    });
}

/// The numbers below `n`, of which rayon can split ranges of 32 bits.
fn parallel(n: u64) -> impl IndexedParallelIterator<Item = u64> {
    (0..n as u32).into_par_iter().map(u64::from)
}

#[test]
fn a_fold_that_panics_wakes_a_caller_that_waits_for_it() {
    in_a_process_of_its_own("folds::a_fold_that_panics_wakes_a_caller_that_waits_for_it", &[], || {
        const CHUNK: u64 = 10_000;
        let (caller, helped) = (thread::current().id(), AtomicBool::new(false));
        // The caller is as far ahead as it may be, and asleep, when the helper comes back with its first chunk.
        let body = |i: u64| {
            let is_first = thread::current().id() != caller && !helped.swap(true, SeqCst);
            if is_first {
                thread::sleep(Duration::from_millis(300));
            }
            mix(i);
            (i, is_first)
        };
        // The helper then folds its own results and those of the caller behind them, of which one fails.
        let follow = |slow: Option<u64>, (i, is_slow): (u64, bool)| {
            if slow.is_some_and(|slow| i == slow + CHUNK + 1) {
                resume_unwind(Box::new("the fold"));
            }
            if is_slow { Some(i) } else { slow }
        };
        for _ in 0..3 {
            helped.store(false, SeqCst);
            let call = || par_map!(body, 0..1_000_000_u64, processes = 2, chunksize = 10_000, fold = (None, follow));
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&"the fold"));
        }
    });
}

#[test]
fn a_fold_that_panics_is_a_panic_of_the_call() {
    every_schedule(|p, c| {
        for unlucky in [0, 1, 127, 1_500, 2_999] {
            let (census, folded) = (Census::default(), AtomicUsize::new(0));
            let follow = |next: usize, result: usize| {
                folded.fetch_add(1, SeqCst);
                if result == unlucky {
                    resume_unwind(Box::new(("the fold", next)));
                }
                census.count(next + 1)
            };
            let body = |i: usize| {
                mix(i as u64);
                census.count(i)
            };
            let call = || {
                par_map!(
                    body,
                    0..3_000_usize,
                    processes = p,
                    chunksize = c,
                    fold = (census.count(0), |next, result| { follow(next.number, result.number) })
                )
                .number
            };
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&("the fold", unlucky)));
            assert_eq!((census.living(), folded.into_inner()), (0, unlucky + 1));
        }
    });
}

#[test]
fn an_item_that_panics_drops_all_once() {
    every_order(|| {
        for unlucky in [0, 1, 128, 1_500] {
            let census = Census::default();
            let body = |i: usize| {
                mix(i as u64);
                if i == unlucky || i == 2_000 {
                    resume_unwind(Box::new(i));
                }
                census.count(i)
            };
            let folding = || par_map!(body, 0..3_000_usize, fold = (census.count(0), |_, result| result)).number;
            let payload = catch_unwind(AssertUnwindSafe(folding)).unwrap_err();
            assert_eq!((payload.downcast_ref(), census.living()), (Some(&unlucky), 0));
            let reducing = || par_map!(body, each(0..3_000_usize), reduce = (census.count(0), |a, _| a)).number;
            let payload = catch_unwind(AssertUnwindSafe(reducing)).unwrap_err();
            assert_eq!((payload.downcast_ref(), census.living()), (Some(&unlucky), 0));
        }
    });
}

#[test]
fn a_reduction_that_panics_is_a_panic_of_the_call() {
    every_order(|| {
        for length in [2, 512, 513, 1_025, 3_000] {
            let (census, combined) = (Census::default(), AtomicUsize::new(0));
            let combine = |a: usize, b: usize| {
                // Somewhere among the combinations that there are.
                if combined.fetch_add(1, SeqCst) == length / 2 {
                    resume_unwind(Box::new("combining"));
                }
                census.count(a + b)
            };
            let call = || {
                let both = (census.count(0), |a: Counted<'_>, b: Counted<'_>| combine(a.number, b.number));
                par_map!(|i| census.count(i), 0..length, reduce = (both.0, both.1)).number
            };
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!((payload.downcast_ref(), census.living()), (Some(&"combining"), 0));
        }
    });
}

#[test]
fn every_result_is_dropped_or_folded_once() {
    every_order(|| {
        for length in [0, 1, 513, 3_000] {
            let census = Census::default();
            let body = |i| census.count(mix(i) as usize);
            let hash = |hash: usize, number: usize| hash.rotate_left(5) ^ number;
            let expected = (0..length).fold(0, |all, i| hash(all, mix(i) as usize));
            let folded = par_map!(body, 0..length, fold = (0, |all, result| hash(all, result.number)));
            assert_eq!((folded, census.living()), (expected, 0));
            let all = par_map!(
                body,
                each(0..length),
                fold = (Vec::new(), |mut all, result| {
                    all.push(result);
                    all
                })
            );
            assert_eq!(census.living(), length as isize);
            assert!(all.iter().map(|result| result.number).eq((0..length).map(|i| mix(i) as usize)));
            drop(all);
            let sum = par_map!(
                body,
                0..length,
                reduce = (census.count(0), |a, b| { census.count(a.number.wrapping_add(b.number)) })
            );
            assert_eq!(sum.number, (0..length).fold(0, |sum: usize, i| sum.wrapping_add(mix(i) as usize)));
            assert_eq!(census.living(), 1);
            drop(sum);
            assert_eq!(census.living(), 0);
        }
    });
}

#[parmap(global = depth, fold = (0, |all: u64, r| all.rotate_left(7) ^ r))]
fn nested(x: u64, depth: u32) -> u64 {
    // An item is a call that folds, and so on down; what folds its results makes calls as well.
    if depth == 0 { mix(x) } else { par_map!(nested, 0..20 + x % 3, global = depth - 1, fold = (x, with_calls)) }
}

fn with_calls(all: u64, r: u64) -> u64 {
    let sum: u64 = par_map!(|i| mix(i) >> 20, 0..all % 5, reduce = sum);
    all.rotate_left(5) ^ r ^ sum
}

#[test]
fn folds_within_folds_within_items_finish() {
    let expected = with(Settings::new().processes(1), || nested(0..20, 2));
    every_order(|| assert_eq!(nested(0..20, 2), expected));
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for _ in 0..10 {
            pool.install(|| assert_eq!(nested(0..20, 2), expected));
            pool.install(|| with(Settings::new().shuffle(1), || assert_eq!(nested(0..20, 2), expected)));
            pool.scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|_| assert_eq!(nested(0..20, 2), expected));
                }
            });
        }
    }
}
