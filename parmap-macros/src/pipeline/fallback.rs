//! What stands in for a pipeline with a mistake, so that the code around it gets no error of its own.
//!
//! Its value is the error, which fits everywhere. What the user wrote is still looked at, up to the first mistake with
//! the types that the items have there, so that what it uses counts as used and editors complete in it.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Error;

use super::Call;
use super::expand::Pieces;
use super::parts::{Part, Stage};
use crate::options::{closure, operand};

/// A value that is the `error`, beside what could be read of the `call`.
pub(super) fn fallback(error: Error, call: &Call) -> TokenStream {
    let site = Span::mixed_site();
    let written = match &call.source {
        Some(source) if !call.tries_are_unclear() => {
            let stages = call.known_parts().iter().map_while(Part::stage).take_while(has_all_parameters);
            let stages: Vec<Stage> = stages.collect();
            let (_, rest) = call.parts.split_at(stages.len());
            let pieces = Pieces { options: &call.options };
            let end = call.known_parts().get(stages.len()).and_then(Part::end);
            let others = others(&rest[usize::from(end.is_some())..], call);
            let looked = quote_spanned!(site=> { let _ = (parmap_pipe, #(&#others,)*); });
            let ended = match end {
                Some(end) => pieces.end(&end, &looked),
                None => looked,
            };
            pieces.source(source, &quote_spanned!(site=> _), &pieces.stages(&stages, ended))
        }
        source => {
            let (source, others) = (source.iter().map(operand), others(&call.parts, call));
            quote_spanned!(site=> let _ = (#(&#source,)* #(&#others,)*);)
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

/// What was written in `parts` about whose items nothing is known, and where no stage is.
fn others(parts: &[Part], call: &Call) -> Vec<TokenStream> {
    let written = parts.iter().flat_map(|part| part.options.globals().chain(&part.arguments));
    written.chain(&call.others).map(operand).collect()
}

/// Whether a closure has as many parameters as the options give it: a misplaced one may have been meant for it.
fn has_all_parameters(stage: &Stage) -> bool {
    closure(stage.function).is_none_or(|closure| closure.inputs.len() == 1 + stage.options.extras.len())
}
