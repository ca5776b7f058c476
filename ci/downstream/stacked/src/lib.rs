//! Beside attributes of another crate, which parse what they are given with syn 2: above the annotation they see the
//! function as it was written, below it what it has become.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use std::sync::atomic::AtomicUsize;

use parmap::parmap;

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Every item is counted: the body has the count in it before it is annotated.
#[syn2::counted]
#[parmap(global = by, chunksize = 2)]
pub fn counted_by_item(x: u64, by: u64) -> u64 {
    x * by
}

/// Every call is counted: the count is put around what the annotation has made.
#[parmap(global = by, chunksize = 2, try, local(seen = Vec::new()), index = i)]
#[syn2::counted]
pub fn counted_by_call(x: &str, by: u64, i: usize, seen: &mut Vec<usize>) -> Result<u64, std::num::ParseIntError> {
    seen.push(i);
    Ok(x.parse::<u64>()? * by)
}

/// Moved into another function before it is annotated.
#[syn2::nested]
#[parmap(global = by)]
pub fn nested_before(x: u64, by: u64) -> u64 {
    x + by
}

/// Annotated, and then moved.
#[parmap(reduce = sum)]
#[syn2::nested]
pub fn nested_behind(x: u64) -> u64 {
    x + 1
}

#[test]
fn other_attributes_work_above_and_below() {
    let counted = || COUNT.swap(0, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(counted_by_item([1, 2, 3], 2), [2, 4, 6]);
    assert_eq!(counted(), 3);
    assert_eq!(counted_by_call(["1", "2"], 2), Ok(vec![2, 4]));
    assert_eq!(counted(), 1);
    assert_eq!(nested_before([1, 2], 3), [4, 5]);
    assert_eq!(nested_behind([1, 2]), 5);
    assert_eq!(nested_behind(1), 2);
}
