//! Nothing in scope, and every name that an expansion might lean on taken.
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
struct Result;
struct Send;
struct Sync;
struct Fn;
struct FnOnce;
struct Sized;
struct OneOrMany;
struct Options;
struct Site;
const PARMAP_SITE: u8 = 1;

#[::parmap::parmap(global = parmap_body, chunksize = 2, processes = 2)]
fn add(parmap_items: u8, parmap_body: u8) -> u8 {
    parmap_items + parmap_body + PARMAP_SITE
}

#[::parmap::parmap]
fn pair((parmap_items, b): (u8, u8)) -> u8 {
    parmap_items + b
}

fn main() {
    let sums: [u8; 2] = match add([1, 2], 3)[..] {
        [a, b] => [a, b],
        _ => ::std::unreachable!(),
    };
    ::std::assert!(::std::matches!(sums, [5, 6]));
    ::std::assert!(::std::matches!(pair((1, 2)), 3));
}
