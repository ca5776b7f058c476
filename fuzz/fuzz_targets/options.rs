//! The macros, on any text. What must hold of an expansion stands in `parmap-macros/src/properties/holds.rs`.
//!
//! A proc-macro crate gives nothing to others but its macros, so its sources are modules of this program.
#![no_main]
#![allow(dead_code, unreachable_pub)]

use libfuzzer_sys::fuzz_target;

#[path = "../../parmap-macros/src"]
mod macros {
    pub(crate) mod attribute;
    pub(crate) mod check;
    pub(crate) mod ends;
    pub(crate) mod errors;
    pub(crate) mod expand;
    pub(crate) mod fallback;
    pub(crate) mod function;
    pub(crate) mod lifetimes;
    pub(crate) mod options;
    pub(crate) mod par_map;
    pub(crate) mod pipeline;
    pub(crate) mod roles;
    pub(crate) mod signature;
    pub(crate) mod typed;
    pub(crate) mod visitor;

    pub(crate) mod properties {
        pub(crate) mod holds;
        mod written;
    }
}

// The names under which the sources know each other.
use macros::{
    attribute, check, ends, errors, expand, fallback, function, lifetimes, options, par_map, pipeline, properties,
    roles, signature, typed, visitor,
};

/// What the options are tried on where the text has no function of its own.
const FUNCTIONS: [&str; 10] = [
    "fn f(x: u8) {}",
    "fn section_sum(section: Range<usize>, data: &[f64]) -> f64 { data[section].iter().sum() }",
    "pub fn f<'a, T: Clone, const N: usize>(a: &'a T, x: [u8; N], i: usize) -> Result<u8, String> where T: Sync { g(x) }",
    "fn f(&self, x: &str, buf: &mut Vec<u8>, i: usize, data: (u8, u8)) -> Option<f32> { #![allow(unused)] self.g(x) }",
    "fn f(self: Box<Self>, (a, b): (u8, u8), mut data: u64) -> impl Sized { a }",
    "async fn f<T>(x: T) -> u8 { x.await }",
    "unsafe extern \"C\" fn f(x: *const u8, ...) -> u8 { *x }",
    "fn f(x: u32, data: &Data) -> u32;",
    "fn r#match(&mut self, x: &impl Fn(u8), buf: &mut [u8]) -> f64 { 0.0 }",
    "struct S { x: u8 }",
];

// `0 options` to `9 options`: with one of these functions; `a (options) item`; `m call` of `par_map!`; `p call` of
// `pipeline!`.
fuzz_target!(|text: &str| {
    let mut rest = text.chars();
    let (kind, rest) = (rest.next(), rest.as_str());
    let _messages = match kind {
        Some('a') => properties::holds::attribute(rest),
        Some('m') => properties::holds::par_map(rest),
        Some('p') => properties::holds::pipeline(rest),
        Some(digit @ '0'..='9') => {
            let function = FUNCTIONS[digit as usize - '0' as usize];
            properties::holds::attribute(&format!("({rest}) {function}"))
        }
        _ => None,
    };
});
