//! parmap under another name: there is no crate `parmap` here, so no expansion may name it by itself, nor what stands in
//! for one with a mistake.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use ::p as engine;

#[path = "../../forms.rs"]
pub mod forms;

#[cfg(feature = "mistakes")]
pub mod mistakes;

/// Triples.
#[p::parmap(crate = ::p)]
pub fn tripled(x: u64) -> u64 {
    x * 3
}

#[test]
fn every_form_names_the_crate_as_it_is_called_here() {
    forms::run();
}

#[test]
fn the_path_may_begin_with_the_crate() {
    assert_eq!(tripled([1, 2]), [3, 6]);
    assert_eq!(p::par_map!(tripled, 1..3_u64, crate = ::p, reduce = sum), 9);
    assert_eq!(p::pipeline!(1..3, par(|x| x), sum(), crate = p), 3);
}
