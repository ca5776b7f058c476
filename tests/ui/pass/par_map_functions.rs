//! `par_map!` of functions that take the items, what they refer to, or what they lend.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::{par_map, parmap, sections};
use std::ops::Range;

#[parmap(global = data)]
fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
    data[section].iter().sum()
}

#[parmap]
fn length(word: &str) -> usize {
    word.len()
}

fn plain_sum(section: Range<usize>, data: &[f64], buf: &mut Vec<f64>) -> f64 {
    buf.clear();
    data[section].iter().sum()
}

fn bump(x: &mut f64) {
    *x += 1.0;
}

fn cloned<T: Clone + Send + Sync>(items: &[T]) -> Vec<T> {
    par_map!(T::clone, items)
}

fn main() {
    let (big, cuts) = (vec![1.0, 2.0, 4.0], vec![0..1, 1..3]);
    let words = vec!["a".to_owned(), "bcd".to_owned()];
    assert_eq!(par_map!(section_sum, cuts.clone(), global = &big), [1.0, 6.0]);
    assert_eq!(par_map!(section_sum, &cuts, global = &big, chunksize = 25, processes = 4), [1.0, 6.0]);
    assert_eq!(par_map!(section_sum, sections(3, 2), global = &big[..]), [3.0, 4.0]);
    assert_eq!(par_map!(plain_sum, &cuts, global = &big, local(buf = Vec::new())), [1.0, 6.0]);
    assert_eq!(par_map!(length, &words), [1, 3]);
    assert_eq!(par_map!(str::len, &words), [1, 3]);
    assert_eq!(par_map!(String::len, &words), [1, 3]);
    assert_eq!(par_map!(f64::sqrt, &big)[2], 2.0);
    assert_eq!(par_map!(ToString::to_string, &big)[2], "4");
    let twice = |x: f64| 2.0 * x;
    assert_eq!(par_map!(twice, &big), par_map!(twice, big.clone()));
    let function: &(dyn Fn(f64) -> f64 + Sync) = &twice;
    assert_eq!(par_map!(function, &big), [2.0, 4.0, 8.0]);
    let mut changed = cloned(&big);
    par_map!(bump, &mut changed);
    assert_eq!(changed, [2.0, 3.0, 5.0]);
}
