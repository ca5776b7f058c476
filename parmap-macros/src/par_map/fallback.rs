//! What stands in for a call with a mistake, so that the code around it gets no error of its own.
//!
//! Its value is the error, which fits everywhere. What the user wrote is still looked at, a closure with the types of its
//! parameters where they are known, so that what it uses counts as used and editors complete in it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Error, Expr};

use super::Call;
use super::expand::Expansion;
use crate::options::{Options, closure, operand};

/// A value that is the `error`, beside what could be read of the `call`.
pub(super) fn fallback(error: Error, call: &Call) -> TokenStream {
    let Call { function, items, options } = call;
    let globals: Vec<_> = options.globals().collect();
    let site = Span::mixed_site();
    let written = match (function, items) {
        (Some(function), Some(items)) if has_all_parameters(function, options) => {
            let expansion = Expansion::new(function, items, options);
            let f = expansion.with_f(&quote_spanned!(site=> let _ = (parmap_f, parmap_item);));
            let names = expansion.names();
            quote_spanned! {site=>
                match (#items, #(#globals,)*) {
                    (#(#names,)*) => {
                        #f
                    }
                }
            }
        }
        _ => {
            let written = items.iter().chain(globals).chain(function).map(operand);
            quote_spanned!(site=> let _ = (#(&#written,)*);)
        }
    };
    let error = error.into_compile_error();
    // The compiler sees the error first, and then is silent about types that it cannot infer because of it.
    quote_spanned! {site=>
        match { #error } {
            parmap_error => {
                #written
                parmap_error
            }
        }
    }
}

/// Whether a closure has as many parameters as the options that could be read give it.
fn has_all_parameters(function: &Expr, options: &Options) -> bool {
    closure(function).is_none_or(|closure| closure.inputs.len() == 1 + options.extras.len())
}
