//! What becomes of the results of many items, in the engine's words.
//!
//! `end` and `mode` are expressions, `many` is a type: what the driver returns for many items. The three agree.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::options::{End, Options};

/// The expression for what becomes of the results, whose type the engine finds in `values`; `collected` is the one for
/// results that no option claims, `folded` the type that they are folded into.
pub(crate) fn end(
    options: &Options,
    values: &TokenStream,
    folded: &TokenStream,
    collected: TokenStream,
) -> TokenStream {
    let site = Span::mixed_site();
    let parmap = options.parmap(site);
    match &options.end {
        None | Some((_, End::Into(_) | End::Unclear)) => collected,
        // An error that the type has no sum, or no order, belongs on the name of the reduction.
        Some((_, End::Named(name))) => {
            let name = Ident::new(&name.to_string(), site.located_at(name.span()));
            let parmap = options.parmap(name.span());
            quote_spanned!(name.span()=> #parmap::__private::#name())
        }
        Some((_, End::Combine(identity, combine))) => {
            quote_spanned!(site=> #parmap::__private::reduce(#values, #identity, #combine))
        }
        Some((_, End::Fold(init, combine))) => {
            quote_spanned!(site=> #parmap::__private::fold::<#folded, _, _>(#values, #init, #combine))
        }
    }
}

/// The type argument for what becomes of the results, `_`, placed where an error belongs that they cannot become that: on
/// the option, or where errors about the `results` belong.
pub(crate) fn end_type(options: &Options, results: Span) -> TokenStream {
    let place = match &options.end {
        Some((_, End::Named(name)) | (name, _)) => name.span(),
        None => results,
    };
    quote_spanned!(Span::mixed_site().located_at(place)=> _)
}

/// The type argument for the `result`, or for whether it ends a call early: `_`, placed on it. All errors about it have
/// one place, so that the compiler reports one.
pub(crate) fn result_type(result: &TokenStream) -> TokenStream {
    quote_spanned!(place(result)=> _)
}

/// Where errors about the `result` belong that the compiler does not place by themselves.
pub(crate) fn place(result: &TokenStream) -> Span {
    let first = result.clone().into_iter().next().map_or_else(Span::mixed_site, |token| token.span());
    Span::mixed_site().located_at(first)
}

/// The type of what a function with the `result` of one item returns for many, if `returns` it at all.
pub(crate) fn many(options: &Options, result: &TokenStream, returns: Returns) -> TokenStream {
    let site = Span::mixed_site();
    let parmap = options.parmap(site);
    let value = value(options, result);
    let many = match (&options.end, returns) {
        (_, Returns::Nothing) => return quote_spanned!(site=> ()),
        (None | Some((_, End::Into(_))), _) => quote_spanned!(site=> #parmap::__private::Vec<#value>),
        (Some((_, End::Named(name))), _) if End::is_optional(name) => {
            quote_spanned!(site=> #parmap::__private::Option<#value>)
        }
        (Some((_, End::Named(_) | End::Combine(..) | End::Unclear)), _) => value,
        (Some((_, End::Fold(_, combine))), _) => folded(combine, value),
    };
    match &options.tries {
        Some(_) => {
            let tried = tried(options, result);
            quote_spanned!(place(result)=> #tried::With<#many>)
        }
        None => many,
    }
}

/// The type that `combine` folds values of the type `value` into: what it says of its first parameter, or the same.
pub(crate) fn folded(combine: &Expr, value: TokenStream) -> TokenStream {
    End::accumulator(combine).map_or(value, ToTokens::to_token_stream)
}

/// Whether a function returns something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// No `->`, or `-> ()`.
    Nothing,
    /// What a caller wants to have.
    Something,
}

/// The type of what is collected: the `result`, or with `try` what it holds.
pub(crate) fn value(options: &Options, result: &TokenStream) -> TokenStream {
    match &options.tries {
        Some(_) => {
            let tried = tried(options, result);
            quote_spanned!(place(result)=> #tried::Value)
        }
        None => result.clone(),
    }
}

/// The result as one that can be a failure; if it cannot, that is an error about the result's type.
fn tried(options: &Options, result: &TokenStream) -> TokenStream {
    let span = place(result);
    let parmap = options.parmap(span);
    quote_spanned!(span=> <#result as #parmap::__private::Tried>)
}

/// The expression for whether results can end a call early, placed where errors about the results belong.
pub(crate) fn mode(options: &Options, place: Span) -> TokenStream {
    let parmap = options.parmap(place);
    match &options.tries {
        Some(_) => quote_spanned!(place=> #parmap::__private::tries(0)),
        None => quote_spanned!(place=> #parmap::__private::Plain),
    }
}
