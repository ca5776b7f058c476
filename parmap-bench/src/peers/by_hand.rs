//! `std::thread::scope` by hand: equal pieces, the caller does one of them and threads of the call the others.

use std::thread;

use super::threads;

pub(super) fn fill<R: Send>(out: &mut [R], f: &(impl Fn(usize) -> R + Sync)) {
    let size = piece(out.len());
    let mut pieces = out.chunks_mut(size).enumerate().map(|(number, piece)| {
        let first = number * size;
        move || piece.iter_mut().zip(first..).for_each(|(place, i)| *place = f(i))
    });
    thread::scope(|scope| {
        let own = pieces.next();
        pieces.for_each(|piece| _ = scope.spawn(piece));
        if let Some(mut piece) = own {
            piece();
        }
    });
}

pub(super) fn sum(n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
    let size = piece(n);
    let mut pieces = (0..n).step_by(size).map(|first| move || (first..n.min(first + size)).map(f).sum::<f64>());
    thread::scope(|scope| {
        let own = pieces.next();
        let others: Vec<_> = pieces.map(|piece| scope.spawn(piece)).collect();
        let own = own.map_or(0.0, |piece| piece());
        others.into_iter().fold(own, |sum, other| sum + other.join().expect("no item panics"))
    })
}

/// Items of a piece of `n`.
fn piece(n: usize) -> usize {
    n.div_ceil(threads()).max(1)
}
