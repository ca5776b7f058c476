//! Keywords as names of the function, its item and its globals.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

#[parmap(global = (r#type, r#crate_), processes = r#type.into())]
fn r#match(r#fn: u8, r#type: u8, r#crate_: u8) -> u8 {
    r#fn + r#type + crate_
}

#[parmap]
fn r#loop(r#mut: u8) -> u8 {
    r#mut
}

fn main() {
    assert_eq!(r#match([1, 2], 3, 4), [8, 9]);
    assert_eq!(r#loop([1, 2]), [1, 2]);
}
