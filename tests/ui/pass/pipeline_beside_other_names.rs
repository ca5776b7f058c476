//! `pipeline!` where nothing is in scope, and every name that an expansion might lean on is taken.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
#![no_implicit_prelude]
#![allow(dead_code, non_camel_case_types)]

mod std {}
mod core {}
mod alloc {}
mod parmap {}
struct Vec;
struct Option;
struct Send;
struct Sync;
struct Fn;
struct FnMut;
struct Item;
struct Options;
struct Plain;
struct Map;
const PARMAP_SITE: u8 = 1;

/// A trait of the user's whose methods every type has.
trait Anything {
    fn item(&self) -> u8 {
        1
    }
    fn par(&self) -> u8 {
        1
    }
    fn collect(&self) -> u8 {
        1
    }
}

impl<T> Anything for T {}

/// One whose methods come before those with `&self`.
trait ByValue: ::std::marker::Sized {
    fn item(self) -> u8 {
        2
    }
}

impl<T> ByValue for T {}

fn count() -> [u8; 2] {
    [1, 2]
}

fn main() {
    let (parmap_pipe, parmap_stage, parmap_f, parmap_local) = (1, 2, 3, 4);
    let sum = ::parmap::pipeline!(
        [parmap_pipe, 1],
        par(|x| x + parmap_stage),
        par(|x, y, z: &mut i32| { *z += y; x + y + parmap_local }, global = parmap_f, local(n = parmap_stage)),
        serial(|x, y| x + y, global = &parmap_pipe),
        fold(parmap_pipe, |a, x| a + x + parmap_f),
    );
    ::std::assert_eq!(sum, 29);
    ::std::assert_eq!(::parmap::pipeline!((count()), par(|x| x), sum()), 3);
    ::std::assert_eq!(1.item() + 1.par() + 1.collect(), 4);
}
