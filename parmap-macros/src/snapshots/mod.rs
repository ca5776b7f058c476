//! Snapshots: what the macros make of each shape of function and call, as readable Rust.
//!
//! After a change that is meant, `UPDATE_EXPECT=1 cargo test -p parmap-macros` rewrites them; read the difference.

mod fallbacks;
mod functions;
mod half_typed;
mod lifetimes;
mod messages;
mod methods;
mod options;
mod par_map;
mod par_map_mistakes;
mod pipeline;
mod pipeline_mistakes;

use expect_test::Expect;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Arm, Expr, ExprMatch, Stmt, parse_quote};

use crate::options::names_in;

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

/// Checks the expansion of `pipeline!(call)`, with `match value { name => rest }` written as `let name = value; rest`.
#[track_caller]
fn check_pipeline(call: &str, expected: Expect) {
    let call = flat(syn::parse2(expand_pipeline(call)).expect("the expansion should be an expression"));
    expected.assert_eq(&pretty(quote!(fn main() { #(#call)* })));
}

fn flat(code: Expr) -> Vec<Stmt> {
    match code {
        Expr::Match(ExprMatch { expr, mut arms, .. }) if arms.len() == 1 => {
            let Arm { pat, body, .. } = arms.remove(0);
            let binding: Stmt = parse_quote!(let #pat = #expr;);
            [binding].into_iter().chain(flat(*body)).collect()
        }
        Expr::Block(block) => {
            let statements = block.block.stmts.into_iter().flat_map(|statement| match statement {
                Stmt::Expr(last, None) => flat(last),
                other => vec![other],
            });
            statements.collect()
        }
        other => vec![Stmt::Expr(other, None)],
    }
}

fn expand_pipeline(call: &str) -> TokenStream {
    crate::pipeline::pipeline(call.parse().expect("text should be Rust's tokens"))
}

/// The messages in an expansion, one a line.
fn messages_in(expansion: &str) -> String {
    let found = expansion.split(":: core :: compile_error ! { \"").skip(1);
    let found: Vec<_> = found.filter_map(|rest| rest.split_once("\" }")).map(|(message, _)| message).collect();
    found.join("\n")
}

fn expand(options: &str, function: &str) -> TokenStream {
    let [options, function] = [options, function].map(|text| text.parse().expect("text should be Rust's tokens"));
    crate::attribute::parmap(options, function)
}

fn pretty(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    // The user's `forbid(unsafe_code)` says nothing of what a macro of another crate writes.
    assert!(!names_in(tokens.clone()).iter().any(|name| name == "unsafe"), "an expansion holds no `unsafe`: {text}");
    let file = syn::parse2(tokens).unwrap_or_else(|error| panic!("{error} in {text}"));
    prettyplease::unparse(&file)
}
