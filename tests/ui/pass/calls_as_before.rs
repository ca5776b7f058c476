//! Every use of the function as it was before: with one item, as a value, in an iterator chain.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

#[parmap(global = scale)]
fn scaled(x: f64, scale: &f64) -> f64 {
    x * scale
}

#[parmap]
fn length(text: &str) -> usize {
    text.len()
}

fn main() {
    let plain: fn(f64, &f64) -> f64 = scaled;
    assert_eq!(plain(2.0, &3.0) + scaled(2.0, &3.0), 12.0);
    assert_eq!([1.0, 2.0].into_iter().map(|x| scaled(x, &2.0)).sum::<f64>(), 6.0);
    assert_eq!(["a", "bc"].into_iter().map(length).max(), Some(2));
    assert_eq!(Some("abc").map_or(0, length), 3);
    let text = String::from("abcd");
    assert_eq!(length(&text), 4);
}
