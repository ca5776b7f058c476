//! The macros of parmap.
#![forbid(unsafe_code)]

mod attribute;
mod check;
mod errors;
mod expand;
mod fallback;
mod function;
mod lifetimes;
mod options;
mod roles;
mod signature;
#[cfg(test)]
mod snapshots;

use proc_macro::TokenStream;

/// Doc.
#[proc_macro_attribute]
pub fn parmap(options: TokenStream, function: TokenStream) -> TokenStream {
    attribute::parmap(options.into(), function.into()).into()
}
