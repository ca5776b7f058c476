//! Snapshots: what the macros make of each shape of function and call, as readable Rust.
//!
//! After a change that is meant, `UPDATE_EXPECT=1 cargo test -p parmap-macros` rewrites them; read the difference.

mod fallbacks;
mod functions;
mod lifetimes;
mod messages;
mod methods;
mod options;
mod par_map;
mod par_map_mistakes;

use expect_test::Expect;
use proc_macro2::TokenStream;
use quote::quote;

/// Checks the expansion of `#[parmap(options)] function`.
#[track_caller]
fn check(options: &str, function: &str, expected: Expect) {
    expected.assert_eq(&pretty(expand(options, function)));
}

/// Checks the expansion of `#[parmap(options)] method` in an `impl` block.
#[track_caller]
fn check_method(options: &str, method: &str, expected: Expect) {
    let method = expand(options, method);
    expected.assert_eq(&pretty(quote!(impl Table { #method })));
}

/// Checks the expansion of `par_map!(call)`.
#[track_caller]
fn check_call(call: &str, expected: Expect) {
    let call: TokenStream = call.parse().expect("text should be Rust's tokens");
    let call = crate::par_map::par_map(call);
    expected.assert_eq(&pretty(quote!(fn main() { #call })));
}

fn expand(options: &str, function: &str) -> TokenStream {
    let [options, function] = [options, function].map(|text| text.parse().expect("text should be Rust's tokens"));
    crate::attribute::parmap(options, function)
}

fn pretty(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    let file = syn::parse2(tokens).unwrap_or_else(|error| panic!("{error} in {text}"));
    prettyplease::unparse(&file)
}
