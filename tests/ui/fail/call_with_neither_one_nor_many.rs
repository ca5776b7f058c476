use parmap::parmap;

use std::ops::Range;

#[parmap(global = data)]
fn f(section: Range<usize>, data: &[f64]) -> f64 {
    data[section].iter().sum()
}

fn main() {
    let _: Vec<f64> = f(Some(0..3), &[1.0, 2.0, 3.0]);
}
