//! Panics: the lowest index wins, the payload stays, every value is dropped exactly once, and the next call works.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use parmap::{each, indexed, parmap};

use crate::{
    counted::{Census, Counted},
    widths::{CHUNKSIZES, PROCESSES, every_schedule},
};

struct Job<'j> {
    failing: &'j [usize],
    calls: Vec<AtomicUsize>,
    processes: usize,
    chunksize: usize,
}

impl<'j> Job<'j> {
    fn new(length: usize, failing: &'j [usize], processes: usize, chunksize: usize) -> Self {
        Job { failing, calls: (0..length).map(|_| AtomicUsize::new(0)).collect(), processes, chunksize }
    }

    /// An item is a value that lives, and so is its result. Panics without a message: the hook would print each.
    #[parmap(processes = self.processes, chunksize = self.chunksize)]
    fn map<'c>(&self, item: Counted<'c>) -> Counted<'c> {
        self.calls[item.number].fetch_add(1, Relaxed);
        if self.failing.contains(&item.number) {
            resume_unwind(Box::new(item.number));
        }
        item.census.count(item.number)
    }

    /// Runs the job on items that `collection` makes a collection of; returns the panic's payload, if it panicked.
    fn check(&self, map: impl FnOnce(Vec<Counted<'_>>, &Census)) {
        let census = Census::default();
        let items: Vec<_> = (0..self.calls.len()).map(|number| census.count(number)).collect();
        let outcome = catch_unwind(AssertUnwindSafe(|| map(items, &census)));
        assert_eq!(census.living(), 0, "values dropped twice or not at all");
        let calls = |i: usize| self.calls[i].load(Relaxed);
        match self.failing.iter().min() {
            None => {
                outcome.unwrap();
                assert!((0..self.calls.len()).all(|i| calls(i) == 1));
            }
            Some(&lowest) => {
                assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&lowest), "not the lowest index");
                assert!((0..=lowest).all(|i| calls(i) == 1), "an item below the failure was not evaluated once");
                assert!((lowest..self.calls.len()).all(|i| calls(i) <= 1));
            }
        }
    }
}

#[test]
fn every_value_is_dropped_exactly_once() {
    let length = 300;
    for failing in [&[][..], &[0], &[123], &[299], &[299, 7, 150], &[25, 24, 26]] {
        every_schedule(|processes, chunksize| {
            let job = || Job::new(length, failing, processes, chunksize);
            let check_all = |results: Vec<Counted<'_>>, census: &Census| {
                assert!(results.iter().map(|result| result.number).eq(0..length));
                assert_eq!(census.living(), length as isize);
            };
            let by_vec = job();
            by_vec.check(|items, census| check_all(by_vec.map(items), census));
            let by_box = job();
            by_box.check(|items, census| check_all(by_box.map(items.into_boxed_slice()), census));
            let by_each = job();
            by_each.check(|items, census| check_all(by_each.map(each(items)), census));
            let by_filter = job();
            by_filter.check(|items, census| {
                check_all(by_filter.map(each(items.into_iter().filter(|_| true))), census);
            });
            let by_indexed = job();
            by_indexed.check(|items, census| check_all(by_indexed.map(indexed(items)), census));
        });
    }
}

#[parmap(global = (failing, ready), processes = 4, chunksize = 1)]
fn fail_some(i: usize, failing: &[usize], ready: &AtomicUsize) -> usize {
    ready.fetch_add(1, Relaxed);
    // Long enough for several workers to be inside when the first fails.
    for _ in 0..200 {
        std::hint::spin_loop();
    }
    if failing.contains(&i) {
        resume_unwind(Box::new(i));
    }
    i
}

#[test]
fn the_lowest_index_wins_in_a_thousand_runs() {
    let (failing, calls) = ([9, 3, 4, 60, 61, 62, 63, 5, 7, 8], AtomicUsize::new(0));
    for _ in 0..1_000 {
        let payload = catch_unwind(AssertUnwindSafe(|| fail_some(0..64, &failing, &calls))).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&3_usize));
    }
    assert_eq!(fail_some(0..64, &[], &calls), (0..64).collect::<Vec<_>>());
}

#[test]
fn work_above_a_failure_is_not_started() {
    let calls = AtomicUsize::new(0);
    let n = 100_000;
    catch_unwind(AssertUnwindSafe(|| fail_some(0..n, &[0], &calls))).unwrap_err();
    // Each of four workers may have a few items under way, but not a run of thousands.
    assert!(calls.load(Relaxed) < n / 2, "{} of {n} items were evaluated", calls.load(Relaxed));
}

#[test]
fn any_payload_is_kept() {
    #[derive(Debug, PartialEq)]
    struct Mine(Vec<u8>);

    #[parmap(processes = 2)]
    fn fail(i: u8) -> u8 {
        if i == 40 { panic_any(Mine(vec![i])) } else { i }
    }
    let payload = catch_unwind(|| fail(0..100)).unwrap_err();
    assert_eq!(*payload.downcast::<Mine>().unwrap(), Mine(vec![40]));
    let payload = catch_unwind(|| fail(40)).unwrap_err();
    assert!(payload.is::<Mine>());
}

#[test]
fn an_iterator_that_panics_fails_at_the_item_it_did_not_yield() {
    #[parmap(global = (calls, processes, chunksize), processes = processes, chunksize = chunksize)]
    fn count(i: usize, calls: &[AtomicUsize], processes: usize, chunksize: usize) -> usize {
        let _ = (processes, chunksize);
        calls[i].fetch_add(1, Relaxed);
        if i == 900 {
            resume_unwind(Box::new("the item"));
        }
        i
    }
    for (ends, expected) in [(700, "the iterator"), (1_000, "the item")] {
        every_schedule(|p, c| {
            let calls: Vec<_> = (0..1_000).map(|_| AtomicUsize::new(0)).collect();
            let items = (0..2_000).inspect(|&i| {
                if i == ends {
                    resume_unwind(Box::new("the iterator"));
                }
            });
            let outcome = catch_unwind(AssertUnwindSafe(|| count(each(items), &calls, p, c)));
            assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&expected));
            assert!(calls[..ends.min(900)].iter().all(|calls| calls.load(Relaxed) == 1));
        });
    }
}

/// An item whose destructor panics, if it is the one.
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 && !std::thread::panicking() {
            resume_unwind(Box::new("dropped"));
        }
    }
}

#[test]
fn a_destructor_that_panics_is_a_panic_of_the_call_and_no_more() {
    #[parmap(global = (p, c), processes = p, chunksize = c)]
    fn consume(bomb: Bomb, p: usize, c: usize) -> bool {
        let _ = (p, c);
        bomb.0
    }
    for processes in PROCESSES {
        for chunksize in CHUNKSIZES {
            let bombs: Vec<_> = (0..200).map(|i| Bomb(i == 150)).collect();
            let outcome = catch_unwind(|| consume(bombs, processes, chunksize));
            assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"dropped"));
        }
    }
    assert_eq!(consume(vec![Bomb(false)], 2, 1), [false]);
}

#[test]
fn results_of_a_failed_call_may_panic_when_dropped() {
    #[parmap(processes = 3, chunksize = 1)]
    fn make(i: usize) -> Bomb {
        if i == 60 {
            resume_unwind(Box::new("the item"));
        }
        Bomb(i == 10)
    }
    let outcome = catch_unwind(|| make(0..100).len());
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the item"));
}

#[test]
fn options_that_panic_drop_the_items() {
    #[parmap(processes = panic_any("the options"))]
    #[allow(unreachable_code, clippy::diverging_sub_expression)]
    fn keep<'c>(item: Counted<'c>) -> Counted<'c> {
        item
    }
    let census = Census::default();
    let items: Vec<_> = (0..100).map(|number| census.count(number)).collect();
    let outcome = catch_unwind(AssertUnwindSafe(|| keep(items).len()));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the options"));
    assert_eq!(census.living(), 0);
}

#[test]
fn a_destructor_that_panics_keeps_no_other_from_running() {
    struct Loud<'l> {
        bomb: Bomb,
        _counted: Counted<'l>,
    }
    #[parmap(processes = 2, chunksize = 5)]
    fn make<'l>(item: Loud<'l>) -> Loud<'l> {
        if item._counted.number == 60 {
            resume_unwind(Box::new("the item"));
        }
        let bomb = Bomb(item.bomb.0);
        std::mem::forget(item.bomb);
        Loud { bomb, _counted: item._counted.census.count(item._counted.number) }
    }
    // A result's destructor panics, or that of an item far behind the failure.
    for loud in [10, 290] {
        let census = Census::default();
        let item = |number| Loud { bomb: Bomb(number == loud), _counted: census.count(number) };
        let items: Vec<_> = (0..300).map(item).collect();
        let outcome = catch_unwind(AssertUnwindSafe(|| make(items).len()));
        assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"the item"));
        assert_eq!(census.living(), 0);
    }
}
