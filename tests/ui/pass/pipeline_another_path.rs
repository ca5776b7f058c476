//! `pipeline!` of a crate that reaches parmap by another name.
#![deny(warnings)]

mod vendored {
    pub use ::parmap::*;
}

mod parmap {}

macro_rules! doubled {
    ($items:expr) => {
        vendored::pipeline!($items, par(|x, _n: &mut u8, one| x * 2 * one, local(n = 0), global = 1), collect(), crate = crate::vendored)
    };
}

fn main() {
    let doubled = doubled!([1, 2]);
    assert_eq!(doubled, [2, 4]);
}
