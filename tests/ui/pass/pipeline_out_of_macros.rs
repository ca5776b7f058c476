//! Fragments of a macro in every place of `pipeline!`, which stay one expression each.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::pipeline;

macro_rules! scaled {
    ($items:expr, $item:ident, $body:expr, $factor:expr, $f:path, $size:expr, $init:expr) => {{
        let parmap_pipe = $factor;
        pipeline!(
            $items,
            par(|$item: i32, by| $body * by * $factor, global = parmap_pipe, chunksize = $size * 2, processes = $size),
            serial_filter(|x| *x != $factor * 2),
            par($f),
            fold($init * 2, |sum, x| sum + x + $init * 2),
            in_flight = $size * 2,
        )
    }};
}

macro_rules! ended {
    ($items:expr, $($stage:ident($f:expr)),*; $end:ident()) => {
        pipeline!($items, $($stage($f)),*, $end())
    };
}

fn main() {
    let parmap_pipe = 1;
    assert_eq!(scaled!(0..3, x, x + parmap_pipe, 1 + 1, i32::abs, 1 + 1, 1 + 1), 32);
    assert_eq!(ended!([1, 2], par(|x| x + 1), par_filter(|x| *x > 2); count()), 1);
    assert_eq!(ended!([1, 2].map(|x| x - 1), serial(i32::abs), par(i32::abs); sum()), 1);
}
