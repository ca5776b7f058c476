//! What is compared: the same map of the same function, by the plain loop, by parmap and by rayon.

use std::hint::black_box;

use parmap::parmap;
use rayon::prelude::*;

/// Steps of a chain that no compiler shortens; one takes about 1.7 ns at 2.5 GHz, and 0.5 ns where few of them are done for
/// many items at once.
#[inline]
pub(crate) fn spin(mut x: u64, steps: u32) -> u64 {
    for _ in 0..steps {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        x ^= x >> 29;
    }
    x
}

/// One cost of an item, and the map of such items by each contender: the results of `0..items`.
pub(crate) struct Cost {
    pub(crate) name: &'static str,
    /// About what an item takes, in nanoseconds.
    pub(crate) item_ns: f64,
    pub(crate) plain: fn(u64) -> Vec<u64>,
    pub(crate) parmap: fn(u64) -> Vec<u64>,
    pub(crate) rayon: fn(u64) -> Vec<u64>,
    /// The function itself and the annotated one, called with one item at a time for `0..items`: the last result.
    pub(crate) one_by_one: [fn(u64) -> u64; 2],
}

/// A [`Cost`] whose items take this many steps. Each has an annotated function, and so a call site, of its own.
macro_rules! cost {
    ($name:literal, $item_ns:literal, $steps:literal) => {{
        #[parmap]
        fn item(x: u64) -> u64 {
            spin(x, $steps)
        }
        Cost {
            name: $name,
            item_ns: $item_ns,
            plain: |items| (0..items).map(|x| spin(x, $steps)).collect(),
            parmap: |items| item(0..items),
            rayon: |items| (0..items).into_par_iter().map(|x| spin(x, $steps)).collect(),
            one_by_one: [
                |items| (0..items).fold(0, |_, x| black_box(spin(black_box(x), $steps))),
                |items| (0..items).fold(0, |_, x| black_box(item(black_box(x)))),
            ],
        }
    }};
}

/// The costs compared.
pub(crate) static COSTS: [Cost; 3] =
    [cost!("2 ns", 2.0, 3), cost!("200 ns", 200.0, 125), cost!("20 us", 20_000.0, 12_500)];
