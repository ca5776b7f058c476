//! Who maps besides the plain loop and parmap.

use rayon::prelude::*;

/// Somebody who maps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Rayon,
}

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        "rayon"
    }
    pub(crate) fn all(_chunk: usize) -> Vec<Peer> {
        vec![Peer::Rayon]
    }
    pub(crate) fn map<R: Send + Copy + Default>(self, n: usize, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
        (0..n).into_par_iter().map(f).collect()
    }
    pub(crate) fn fill<R: Send>(self, out: &mut [R], f: impl Fn(usize) -> R + Sync) {
        out.par_iter_mut().enumerate().for_each(|(i, place)| *place = f(i));
    }
    pub(crate) fn sum(self, n: usize, f: impl Fn(usize) -> f64 + Sync) -> f64 {
        (0..n).into_par_iter().map(f).sum()
    }
}
