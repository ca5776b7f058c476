//! chili: ranges are halved by `join` down to single items, since a `join` is meant to cost next to nothing.
//!
//! `join` does its second closure at once and holds out the first one to other threads, so the second is the half that
//! comes first. The scope is made for each call: while one lives, chili's heartbeat thread wakes up every 100 us, and
//! would do so during the others' turns.

use chili::Scope;

pub(super) fn fill<R: Send>(out: &mut [R], f: &(impl Fn(usize) -> R + Sync)) {
    fill_part(&mut Scope::global(), out, 0, f);
}

pub(super) fn sum(n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
    if n == 0 { 0.0 } else { sum_part(&mut Scope::global(), 0, n, f) }
}

/// `out[i] = f(first + i)`.
fn fill_part<R: Send>(scope: &mut Scope<'_>, out: &mut [R], first: usize, f: &(impl Fn(usize) -> R + Sync)) {
    match out {
        [] => {}
        [place] => *place = f(first),
        _ => {
            let half = out.len() / 2;
            let (left, right) = out.split_at_mut(half);
            scope.join(|scope| fill_part(scope, right, first + half, f), |scope| fill_part(scope, left, first, f));
        }
    }
}

/// The sum over `n` items, at least one, from `first` on.
fn sum_part(scope: &mut Scope<'_>, first: usize, n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
    if n == 1 {
        return f(first);
    }
    let half = n / 2;
    let (right, left) =
        scope.join(|scope| sum_part(scope, first + half, n - half, f), |scope| sum_part(scope, first, half, f));
    left + right
}
