//! A `pipeline!` in a stage of another, in a generic function, and beside the other macros.
#![deny(warnings)]
use parmap::{par_map, parmap, pipeline};

#[parmap]
fn row_sum(row: usize) -> usize {
    pipeline!(0..row, par(|x| x * row), sum())
}

fn kept<T: Clone + Send + Sync + PartialEq>(items: &[T], last: &T) -> Vec<T> {
    pipeline!(items, par_filter(|item, last| **item != *last, global = last), par(T::clone), collect())
}

fn main() {
    let sums = pipeline!(0..4, par(|n| pipeline!(0..n, par(|x| x + n), sum())), serial(row_sum), collect());
    assert_eq!(sums, par_map!(|n| row_sum((0..n).map(|x| x + n).sum::<usize>()), 0..4));
    assert_eq!(kept(&["a", "b"], &"b"), ["a"]);
}
