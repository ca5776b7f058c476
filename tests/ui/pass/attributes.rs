//! Attributes of the function and of its parameters stay where they were.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

#[parmap]
#[must_use = "it is the result"]
#[cfg_attr(all(), inline(never))]
fn kept(x: u8) -> u8 {
    x
}

#[parmap]
#[cfg(any())]
fn gone(x: Nothing) -> Nothing {
    x
}

#[parmap(global = unused)]
#[expect(clippy::needless_return, reason = "the body stays under the function's lints")]
fn unused(#[expect(unused_variables)] x: u8, #[allow(unused_variables)] unused: u8) -> u8 {
    return 1;
}

/// Documented.
#[parmap]
#[deprecated = "use something else"]
pub fn old(x: u8) -> u8 {
    x
}

fn main() {
    assert_eq!(kept([1, 2]), [1, 2]);
    assert_eq!(unused([1, 2], 3), [1, 1]);
    #[allow(deprecated)]
    let result = old([1]);
    assert_eq!(result, [1]);
}
