//! orx-parallel: its iterators over ranges and mutable slices, with its own choice of threads and chunks.

use orx_concurrent_iter::{ConcurrentIter, IntoConcurrentIter};
use orx_parallel::{IntoParIter, ParIter};

pub(super) fn map<R: Send + Sync>(n: usize, f: &(impl Fn(usize) -> R + Sync)) -> Vec<R> {
    (0..n).into_par().map(f).collect()
}

/// The numbers of the places come from the slice's concurrent iterator, as parallel ones have none.
pub(super) fn fill<R: Send>(out: &mut [R], f: &(impl Fn(usize) -> R + Sync)) {
    out.into_con_iter().enumerate().into_par().for_each(|(i, place)| *place = f(i));
}

pub(super) fn sum(n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
    (0..n).into_par().map(f).sum()
}
