//! Fragments of a macro in every place of `par_map!`, which stay one expression each.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::par_map;

macro_rules! scaled {
    ($items:expr, $item:ident, $body:expr, $factor:expr, $size:expr) => {{
        let parmap_items = $factor;
        par_map!(
            |$item: i32, by| $body * by * $factor,
            $items,
            global = parmap_items,
            chunksize = $size * 2,
            reduce = sum
        )
    }};
}

macro_rules! called {
    ($function:path, $items:expr) => {
        par_map!($function, $items)
    };
}

fn main() {
    let parmap_items = 1;
    assert_eq!(scaled!(0..3, x, x + parmap_items, 1 + 1, 1 + 1), 24);
    assert_eq!(called!(f64::abs, [1.0 - 2.0]), [1.0]);
    assert_eq!(called!(f64::abs, [1.0, -2.0].map(|x| x - 1.0)), [0.0, 3.0]);
}
