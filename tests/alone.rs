//! What holds with and without the feature `rayon`; without it, every call runs on its caller.
#![forbid(unsafe_code)]

use std::{
    collections::HashSet,
    panic::catch_unwind,
    thread::{self, ThreadId},
    time::Duration,
};

use parmap::{each, parmap, sections};

#[parmap(global = data, chunksize = 3, processes = 4)]
fn sum(section: std::ops::Range<usize>, data: &[u64]) -> u64 {
    data[section].iter().sum()
}

#[test]
fn results_are_the_loops() {
    let data: Vec<u64> = (0..1_000).collect();
    let expected: Vec<u64> = data.chunks(7).map(|part| part.iter().sum()).collect();
    assert_eq!(sum(sections(1_000, 7), &data), expected);
    assert_eq!(sum(each(sections(1_000, 7)), &data), expected);
    assert_eq!(sum(0..7, &data), expected[0]);
}

#[parmap(processes = 4, chunksize = 1)]
fn who(_item: u32) -> ThreadId {
    thread::sleep(Duration::from_millis(5));
    thread::current().id()
}

#[test]
fn helpers_are_threads_of_rayon_and_there_are_none_without() {
    let threads: HashSet<ThreadId> = who(0..40).into_iter().chain(who(each(0..40))).collect();
    assert!(threads.contains(&thread::current().id()));
    assert_eq!(threads.len() > 1, cfg!(feature = "rayon"));
}

#[test]
fn the_lowest_panic_is_the_calls() {
    #[parmap(processes = 3)]
    fn unlucky(i: usize) -> usize {
        if i % 10 == 7 {
            std::panic::panic_any(i);
        }
        i
    }
    assert_eq!(catch_unwind(|| unlucky(0..100)).unwrap_err().downcast_ref(), Some(&7_usize));
    assert_eq!(catch_unwind(|| unlucky(each(8..100))).unwrap_err().downcast_ref(), Some(&17_usize));
}
