//! Every option at once, values that mention other parameters, attributes and docs of the function's own.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;
use std::ops::Range;

/// How to run.
pub struct Settings {
    /// Threads.
    pub threads: usize,
}

/// Adds up one section.
#[parmap(global = (data, settings), chunksize = data.len() / 4, processes = settings.threads, crate = ::parmap)]
#[must_use]
#[inline]
pub fn section_sum(section: Range<usize>, data: &[f64], #[allow(unused_variables)] settings: &Settings) -> f64 {
    #![allow(clippy::cast_precision_loss)]
    data[section].iter().sum()
}

fn main() {
    let (data, settings) = ([1.0, 2.0, 3.0, 4.0], Settings { threads: 2 });
    let one: f64 = section_sum(0..4, &data, &settings);
    let many: Vec<f64> = section_sum(vec![0..2, 2..4], &data, &settings);
    assert_eq!((one, many), (10.0, vec![3.0, 7.0]));
}
