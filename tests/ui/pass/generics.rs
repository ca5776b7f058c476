//! Type and const parameters, bounds in both places, `impl Trait` for a global.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;
use std::fmt::Display;

#[parmap(global = (scale, show))]
fn row_sum<T: Copy, const N: usize>(row: [T; N], scale: T, show: impl Fn(T) -> T + Sync) -> f64
where
    T: Into<f64> + Send + Sync,
{
    row.into_iter().map(|x| show(x).into() * scale.into()).sum()
}

#[parmap(global = labels)]
fn label<L: Display + Sync + ?Sized>(i: usize, labels: &L) -> String {
    format!("{labels}{i}")
}

fn main() {
    assert_eq!(row_sum([1_u8, 2], 2, |x| x), 6.0);
    assert_eq!(row_sum(vec![[1_u8, 2], [3, 4]], 2, |x| x), [6.0, 14.0]);
    assert_eq!(label(0..2, "row "), ["row 0", "row 1"]);
}
