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
struct Tried;
struct Collection;
struct Map;
const PARMAP_SITE: u8 = 1;

#[::parmap::parmap(global = parmap_body, chunksize = 2, processes = 2)]
fn add(parmap_items: u8, parmap_body: u8) -> u8 {
    parmap_items + parmap_body + PARMAP_SITE
}

#[::parmap::parmap]
fn pair((parmap_items, b): (u8, u8)) -> u8 {
    parmap_items + b
}

#[::parmap::parmap(index = parmap_index, local(parmap_local = 0_u8), try, reduce = sum)]
fn checked(x: u8, parmap_index: usize, parmap_local: &mut u8) -> ::std::option::Option<u8> {
    *parmap_local = x;
    if parmap_index > 5 { ::std::option::Option::None } else { ::std::option::Option::Some(x) }
}

fn main() {
    let (parmap_items, parmap_f, parmap_options, parmap_item) = (1, 2, 3, 4);
    let both = ::parmap::par_map!(
        |x, y, l| x + y + parmap_items + parmap_f + parmap_options + parmap_item + *l,
        [parmap_items, parmap_f],
        global = parmap_item,
        local(parmap_local = parmap_f),
        chunksize = 2,
        reduce = (0, |a, b| a + b),
    );
    ::std::assert!(both == 35);
    ::std::assert!(::std::matches!(checked([1, 2]), ::std::option::Option::Some(3)));
    let sums: [u8; 2] = match add([1, 2], 3)[..] {
        [a, b] => [a, b],
        _ => ::std::unreachable!(),
    };
    ::std::assert!(::std::matches!(sums, [5, 6]));
    ::std::assert!(::std::matches!(pair((1, 2)), 3));
}
