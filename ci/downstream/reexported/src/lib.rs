//! parmap through another crate, which is the only dependency: by its path there, and out of that crate's macros.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use toolkit::deep::engine;

#[path = "../../forms.rs"]
pub mod forms;

/// Triples.
#[toolkit::deep::engine::parmap(crate = toolkit::deep::engine)]
pub fn tripled(x: u64) -> u64 {
    x * 3
}

/// Functions that a macro of another crate writes, within a module.
pub mod written {
    toolkit::lookup! {
        /// How long a word is.
        pub length, &str => usize, |word| { word.len() }
    }

    toolkit::lookup! {
        /// The word without what stands around it.
        pub trimmed, &str => &str, |word| {
            if word.is_empty() {
                return "nothing";
            }
            word.trim()
        }
    }
}

/// What has methods that a macro of another crate writes.
#[derive(Debug)]
pub struct Scale<T>(pub T);

impl Scale<u64> {
    toolkit::scaling! {
        twice: u64, 0, 1 + 1, 2 + 1;
        thrice: u64, 0, 3, 1;
    }
}

#[test]
fn every_form_names_the_crate_as_it_is_called_here() {
    forms::run();
}

#[test]
fn the_path_may_go_through_another_crate() {
    use toolkit::deep::engine::{par_map, pipeline};
    assert_eq!(tripled([1, 2]), [3, 6]);
    assert_eq!(par_map!(tripled, 1..3_u64, crate = toolkit::deep::engine, reduce = sum), 9);
    assert_eq!(pipeline!(1..3, par(|x| x), sum(), crate = ::toolkit::deep::engine), 3);
}

#[test]
fn macros_of_another_crate_may_use_it_by_themselves() {
    assert_eq!(written::length(["a", "bcd"]), [1, 3]);
    assert_eq!(written::trimmed([" a", ""]), ["a", "nothing"]);
    assert_eq!(written::trimmed("b "), "b");
    assert_eq!((Scale(5).twice(1..3, 1), Scale(5).thrice(2, 0)), (32, 30));
    let by = 5;
    assert_eq!(toolkit::mapped!(|x| x * by, [1, 2]), [5, 10]);
    assert_eq!(toolkit::mapped!(|x, i| x * by + i, [1, 2], index = i, processes = 1 + 1), [5, 11]);
    assert_eq!(toolkit::streamed!([1, 2], |x| x * by), [10, 20]);
}
