//! parmap with its feature `progress`, under another name, with and without rayon: every form still works, and the option
//! is taken where there is no prelude.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use ::p as engine;

#[path = "../../forms.rs"]
pub mod forms;

/// Pipelines with a bar.
#[no_implicit_prelude]
pub mod bars {
    use crate::engine::pipeline;

    /// The sum of all even numbers below `end`; with a label that has to be made.
    pub fn evens(end: u64, label: &str) -> u64 {
        pipeline!(0..end, par_filter(|x| x % 2 == 0), sum(), progress = label, chunksize = 3, crate = crate::engine)
    }

    /// How many numbers there are below `end`; with a bar that says nothing.
    pub fn count(end: u64) -> usize {
        pipeline!(0..end, par(|x| x + 1), serial(|x| x), count(), progress, in_flight = 2, crate = crate::engine)
    }

    /// All numbers below `end`, which have to be below 10.
    pub fn small(end: u64) -> ::core::result::Result<u64, u64> {
        pipeline!(
            0..end,
            par(|x| if x < 10 { ::core::result::Result::Ok(x) } else { ::core::result::Result::Err(x) }, try),
            fold(0, |sum, x| sum + x),
            processes = 2,
            progress = "small",
            crate = crate::engine,
        )
    }
}

#[test]
fn every_form_works() {
    forms::run();
}

#[test]
fn a_bar_changes_nothing() {
    assert_eq!(
        (bars::evens(7, ""), bars::evens(0, "none"), bars::evens(10_000, &format!("up to {}", 10_000))),
        (12, 0, 24_995_000)
    );
    assert_eq!((bars::count(0), bars::count(10_000)), (0, 10_000));
    assert_eq!((bars::small(10), bars::small(1_000)), (Ok(45), Err(10)));
}
