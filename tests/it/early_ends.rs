//! Calls that end early: they say so, and start little more than they must.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use parmap::{CancelToken, Cancelled, Settings, each, par_map, parmap, with};
use rayon::prelude::*;

use crate::process::in_a_process_of_its_own;

/// Whether a call under a cancelled token, or any other, ends as one that was cancelled.
fn is_cancelled<T>(call: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_err_and(|payload| payload.is::<Cancelled>())
}

#[test]
fn an_iterator_of_unknown_length_is_not_taken_for_an_empty_one() {
    let token = CancelToken::new();
    token.cancel();
    for settings in [Settings::new(), Settings::new().processes(1), Settings::new().shuffle(1)] {
        let unknown = || each((0..1_000).filter(|_| true));
        with(settings.cancel(&token), || {
            assert!(is_cancelled(|| par_map!(|x| x + 1, unknown())));
            assert!(is_cancelled(|| par_map!(|x| x + 1, unknown(), reduce = sum)));
            assert_eq!(par_map!(|x| Ok::<_, Cancelled>(x + 1), unknown(), try), Err(Cancelled));
            assert_eq!(par_map!(|x: i32| x + 1, each(std::iter::empty())), []);
        });
    }
}

#[test]
fn memories_of_cheap_items_do_not_put_a_stop_off() {
    #[parmap(global = (token, at, done))]
    fn item(i: usize, token: &CancelToken, at: usize, done: &AtomicUsize) -> usize {
        done.fetch_add(1, Relaxed);
        if i == at {
            token.cancel();
        }
        // Nobody goes on before, so that no worker is far ahead by chance.
        while at == 0 && !token.is_cancelled() {
            std::thread::yield_now();
        }
        i
    }
    let never = CancelToken::new();
    for processes in [1, 2, 7] {
        // With one worker nothing is measured, and nothing learnt.
        with(Settings::new().processes(2), || {
            for _ in 0..100 {
                item(0..100, &never, usize::MAX, &AtomicUsize::new(0));
            }
        });
        with(Settings::new().processes(processes), || {
            let (token, done) = (CancelToken::new(), AtomicUsize::new(0));
            with(Settings::new().cancel(&token), || {
                assert!(is_cancelled(|| item(0..1_000_000, &token, 0, &done)));
            });
            // One item each: nobody has seen yet that items are cheap here too.
            let done = done.into_inner();
            assert!(done <= processes, "{done} items were done by {processes}");
        });
    }
}

#[test]
fn an_iterator_is_pulled_no_further_than_items_are_done() {
    for at in [0, 1, 100, 1_000] {
        let (token, pulled, done) = (CancelToken::new(), AtomicUsize::new(0), AtomicUsize::new(0));
        let numbers = (0..).inspect(|_| _ = pulled.fetch_add(1, Relaxed));
        with(Settings::new().processes(1).cancel(&token), || {
            assert!(is_cancelled(|| {
                par_map!(
                    |i| {
                        done.fetch_add(1, Relaxed);
                        if i == at {
                            token.cancel();
                        }
                    },
                    each(numbers)
                )
            }));
        });
        assert_eq!(pulled.into_inner(), done.into_inner(), "the cancel was at {at}");
    }
}

#[test]
fn what_fails_to_be_combined_ends_the_call() {
    // Not within the first results that are combined from left to right, but where two lots of them meet.
    let combine = |left: usize, right: usize| {
        if left == 0 && right >= 512 { resume_unwind(Box::new("combine")) } else { left.min(right) }
    };
    let ends = |call: &dyn Fn(&AtomicUsize) -> usize| {
        let done = AtomicUsize::new(0);
        let payload = catch_unwind(AssertUnwindSafe(|| call(&done))).expect_err("the call should panic");
        assert_eq!(payload.downcast_ref(), Some(&"combine"));
        assert_eq!(done.into_inner(), 1_024);
    };
    // The items themselves end a call that goes on.
    let map = |i: usize, done: &AtomicUsize| {
        assert!(done.fetch_add(1, Relaxed) < 1_000_000);
        i
    };
    ends(&|done| par_map!(map, 0..500_000, global = done, processes = 1, reduce = (0, combine)));
    ends(&|done| par_map!(map, each(0..usize::MAX), global = done, processes = 1, reduce = (0, combine)));
}

#[test]
fn no_item_of_an_iterator_that_waits_for_rayon_is_waited_for_by_a_helper() {
    in_a_process_of_its_own(
        "early_ends::no_item_of_an_iterator_that_waits_for_rayon_is_waited_for_by_a_helper",
        &[],
        || {
            rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("a thread can be had");
            // The only thread there is helps the call, or adds up four numbers for its iterator.
            let numbers =
                (0..100_000_u64).map(|i| if i % 64 == 0 { (0..4).into_par_iter().map(|j| i + j).sum() } else { i });
            let item = |x: u64| (0..200).fold(x, |x, _| std::hint::black_box(x));
            let sum = with(Settings::new().processes(2).shuffle(3), || {
                par_map!(item, each(numbers.clone()), fold = (0, |sum: u64, x| sum + x))
            });
            assert_eq!(sum, numbers.sum());
        },
    );
}

#[test]
fn states_without_size_are_made_no_more_often() {
    struct Guard;
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let make = || {
        MADE.fetch_add(1, Relaxed);
        Guard
    };
    for processes in [1, 2, 3] {
        for _ in 0..20 {
            MADE.store(0, Relaxed);
            let numbers = (0..3_000_u64).inspect(|_| std::thread::yield_now());
            par_map!(|x: u64, _guard: &mut Guard| x, each(numbers), local(guard = make()), processes = processes);
            let made = MADE.load(Relaxed);
            assert!((1..=processes).contains(&made), "{made} were made for {processes}");
        }
    }
}

#[test]
fn a_combine_that_panics_before_anybody_helps_is_not_lost() {
    // Cheap items at a site that nobody knows, and enough of them to share later: the first groups are combined while the
    // caller is still alone, and these alone panic.
    let call = || {
        par_map!(
            |x| Some((x, (0..20).fold(x, |x: u64, _| std::hint::black_box(x)) + 1)),
            0..300_000_u64,
            reduce = (None, |a: Option<(u64, u64)>, b: Option<(u64, u64)>| {
                let both = a.zip(b).map(|(a, b)| (a.0, b.1));
                assert_ne!(both, Some((0, 1_024)), "two groups");
                both.or(a).or(b)
            })
        )
    };
    assert!(catch_unwind(call).is_err());
}

#[test]
fn results_are_combined_in_order_wherever_help_comes() {
    // From inside a small pool, where a caller that waits helps at once.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let joined = |items: usize| {
        par_map!(
            |i| Some((i, (0..40).fold(i, |x, _| std::hint::black_box(x)) + 1)),
            0..items,
            reduce = (None, |a: Option<(usize, usize)>, b: Option<(usize, usize)>| match (a, b) {
                (Some((start, middle)), Some((next, end))) => {
                    assert_eq!(middle, next);
                    Some((start, end))
                }
                (a, b) => a.or(b),
            })
        )
    };
    for round in 0..100 {
        let items = |i: usize| 1_000 + 97 * round + 20_000 * i;
        let joined = pool.install(|| par_map!(|i| joined(items(i)), 0..4_usize));
        assert!(joined.iter().enumerate().all(|(i, all)| *all == Some((0, items(i)))));
    }
}
