//! Each item is evaluated exactly once, and the global is the caller's own value, not a copy.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use parmap::{each, indexed, parmap};

use crate::widths::every_length;

/// Counts the call; returns where the global lies.
#[parmap(global = (calls, processes, chunksize), processes = processes, chunksize = chunksize)]
fn count(i: usize, calls: &[AtomicUsize], processes: usize, chunksize: usize) -> usize {
    let _ = (processes, chunksize);
    calls[i].fetch_add(1, Relaxed);
    calls.as_ptr().addr()
}

#[test]
fn every_item_is_evaluated_exactly_once_on_the_global_itself() {
    every_length(|length, p, c| {
        let calls: Vec<AtomicUsize> = (0..length).map(|_| AtomicUsize::new(0)).collect();
        let mut expected = 0;
        let mut check = |addresses: Vec<usize>| {
            expected += 1;
            assert!(calls.iter().all(|calls| calls.load(Relaxed) == expected));
            assert!(addresses.iter().all(|&address| address == calls.as_ptr().addr()));
        };
        check(count(0..length, &calls, p, c));
        check(count((0..length).collect::<Vec<_>>(), &calls, p, c));
        check(count(each(0..length), &calls, p, c));
        check(count(indexed(0..length), &calls, p, c));
    });
}

/// A global that cannot be copied or sent, only shared; and that says so if it is dropped.
struct Shared<'d>(&'d AtomicUsize);

impl Drop for Shared<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[parmap(global = shared, processes = 3)]
fn look(x: u32, shared: Shared<'_>) -> usize {
    shared.0.load(Relaxed) + x as usize
}

#[test]
fn a_global_by_value_is_dropped_once_after_the_call() {
    let drops = AtomicUsize::new(0);
    assert_eq!(look(0..1_000, Shared(&drops)), (0..1_000).collect::<Vec<usize>>());
    assert_eq!(drops.load(Relaxed), 1);
    assert_eq!(look(7, Shared(&drops)), 8);
    assert_eq!(drops.load(Relaxed), 2);
}
