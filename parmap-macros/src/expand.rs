//! The driver: what a function without mistakes becomes.
//!
//! Nothing here can fail. The generic work is the engine's; what stands here is what only the user's crate can say: the
//! body, the options, and the call site's own `static`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, Index, PatType};

use crate::attribute::Annotated;
use crate::ends;
use crate::function::Function;
use crate::options::{End, Options, plain_name};
use crate::signature::DriverSignature;

// Input:
//
//     #[parmap(global = data, chunksize = 25, local(buf = Vec::new()), index = i, try)]
//     fn section_sum(section: Range<usize>, i: usize, data: &[f64], buf: &mut Vec<f64>) -> Result<f64, Bad> {
//         ..
//     }
//
// Output:
//
//     fn section_sum<ParmapItems: ::parmap::OneOrMany<Range<usize>>>(
//         section: ParmapItems,
//         data: &[f64],
//     ) -> ParmapItems::Output<Result<f64, Bad>, <Result<f64, Bad> as Tried>::With<Vec<..>>> {
//         ::parmap::__private::drive::<Range<usize>, _, _, _, _, _, _, _, _, _, _>(
//             section,
//             || ::parmap::__private::Options::new({ static PARMAP_SITE: .. = ..; &PARMAP_SITE }).chunksize(25),
//             || (Vec::new(), 0_u8),
//             |parmap_local: &mut _, parmap_index, section: Range<usize>| -> Result<f64, Bad> {
//                 let i: usize = parmap_index;
//                 let buf: &mut Vec<f64> = &mut parmap_local.0;
//                 match () {
//                     () => { .. }
//                 }
//             },
//             || ::parmap::__private::collect(),
//             ::parmap::__private::tries(0),
//         )
//     }
//
// The result names the item's type through `ParmapItems`, and so lends the driver what follows from that type being
// well formed, such as `T: 'a` from `&'a T`. The explicit type arguments are where the errors about `Send` and `Sync`
// land: on the item's type, the result's type, the global's name, and the local's value.
pub(crate) fn expand(annotated: &Annotated) -> TokenStream {
    let Annotated { function, options, roles } = annotated;
    let signature = DriverSignature::new(function, roles, options);
    let name = &function.signature.ident;
    let site = site(options, &name.unraw().to_string(), name.span());
    let orders = options.orders.iter().map(|(name, value)| order(name, value));
    let shared = shared(function, options);
    let (state, local, body) = (state(&signature), local(&signature), body(&signature));
    let (end, mode) = (end(&signature, options), ends::mode(options, ends::place(&signature.result)));
    let (end_type, result_type) =
        (ends::end_type(options, ends::place(&signature.result)), ends::result_type(&signature.result));
    let attributes = &function.inner_attributes;
    let DriverSignature { items, item, result, .. } = &signature;
    let item = &item.ty;
    // The call as a whole is where errors about its value land, which are the result's.
    let place = ends::place(result);
    let parmap = options.parmap(place);
    let options = quote_spanned!(Span::mixed_site()=> #parmap::__private::Options::new(#site) #(#orders)*);
    let call = quote_spanned! {place=>
        #parmap::__private::drive::<#item, #result_type, #shared, #state, #end_type, #result_type, _, _, _, _, _>(
            #items,
            || #options,
            #local,
            #body,
            || #end,
            #mode,
        )
    };
    quote_spanned! {Span::mixed_site()=>
        #signature
        {
            #(#attributes)*
            #call
        }
    }
}

/// A closure over what the body is given: `before` the item, and the item, its lifetimes named.
pub(crate) fn closure(signature: &DriverSignature, before: &TokenStream, block: &TokenStream) -> TokenStream {
    let DriverSignature { function, item, result, .. } = signature;
    let (attributes, pattern, ty) = (&item.attributes, &item.pattern, &item.ty);
    // Messages that mention the closure show where it begins, so it begins at the function's name.
    let bar = quote_spanned!(Span::mixed_site().located_at(function.signature.ident.span())=> |);
    quote_spanned!(Span::mixed_site()=> #bar #before #attributes #pattern: #ty #bar -> #result #block)
}

/// The user's body as the engine calls it: with a worker's state, the item's position, and the item.
fn body(signature: &DriverSignature) -> TokenStream {
    let site = Span::mixed_site();
    // There always is one: without it there is an error.
    let block = signature.function.block.clone().unwrap_or_else(|| Group::new(Delimiter::Brace, TokenStream::new()));
    let (mut local, mut index, mut bindings) = (quote_spanned!(site=> _), quote_spanned!(site=> _), Vec::new());
    let mut bind = |PatType { attrs, pat, ty, .. }: &PatType, value| {
        // A parameter may be left unused under such a name.
        let lints = quote_spanned!(site=> #[allow(clippy::no_effect_underscore_binding)]);
        bindings.push(quote_spanned!(site=> #lints #(#attrs)* let #pat: #ty = #value;));
    };
    if let Some(parameter) = &signature.index {
        index = quote_spanned!(site=> parmap_index);
        bind(parameter, quote_spanned!(site.located_at(parameter.ty.span())=> parmap_index));
    }
    for (place, (parameter, value)) in signature.locals.iter().enumerate() {
        local = quote_spanned!(site=> parmap_local: &mut _);
        let span = site.located_at(value.span());
        let place = Index { index: u32::try_from(place).unwrap_or(u32::MAX), span };
        bind(parameter, quote_spanned!(span=> &mut parmap_local.#place));
    }
    let block = if bindings.is_empty() {
        block.to_token_stream()
    } else {
        // In an arm of a `match` the braces are the user's own: what the last expression holds is dropped when the user's
        // edition says so, and no lint says that they can be left out.
        quote_spanned!(site=> { #(#bindings)* match () { () => #block } })
    };
    closure(signature, &quote_spanned!(site=> #local, #index,), &block)
}

/// How a worker's state is made.
fn local(signature: &DriverSignature) -> TokenStream {
    state_of(signature.locals.iter().map(|(_, value)| value))
}

/// The closure that makes a worker's state of the `values`.
pub(crate) fn state_of<'v>(values: impl Iterator<Item = &'v Expr>) -> TokenStream {
    let site = Span::mixed_site();
    let mut values = values.peekable();
    // The engine takes a state without size for no state, and would make one anew where a worker should keep it.
    let size = values.peek().map(|_| quote_spanned!(site=> 0_u8)).into_iter();
    quote_spanned!(site=> || (#(#values,)* #(#size)*))
}

/// The type argument for a worker's state, `_`, placed where an error that it is not `Send` belongs.
fn state(signature: &DriverSignature) -> TokenStream {
    let place = signature.locals.first().map_or_else(Span::mixed_site, |(_, value)| value.span());
    quote_spanned!(Span::mixed_site().located_at(place)=> _)
}

fn end(signature: &DriverSignature, options: &Options) -> TokenStream {
    let DriverSignature { parmap, result, .. } = signature;
    let site = Span::mixed_site();
    let collected = match signature.function.result() {
        Some(_) => quote_spanned!(site=> #parmap::__private::collect()),
        None => quote_spanned!(site=> #parmap::__private::nothing()),
    };
    let value = ends::value(options, result);
    let values = quote_spanned!(site=> #parmap::__private::values::<#value>());
    let folded = match &options.end {
        Some((_, End::Fold(_, combine))) => ends::folded(combine, value),
        _ => value,
    };
    ends::end(options, &values, &folded, collected)
}

/// A call that tells the engine something, an error about which belongs on the option's name.
pub(crate) fn order(name: &Ident, value: &Expr) -> TokenStream {
    let name = Ident::new(&name.to_string(), Span::mixed_site().located_at(name.span()));
    quote_spanned!(Span::mixed_site()=> .#name(#value))
}

/// The call site's `static`, in a block of its own where no code of the user can see it.
pub(crate) fn site(options: &Options, name: &str, place: Span) -> TokenStream {
    let parmap = options.parmap(Span::mixed_site());
    // `Site::new` records its caller's place, which is the span of these tokens.
    let caller = options.parmap(place);
    let new = quote_spanned!(place=> #caller::__private::Site::new(#name));
    quote_spanned!(Span::mixed_site()=> { static PARMAP_SITE: #parmap::__private::Site = #new; &PARMAP_SITE })
}

/// The type argument for the body, `_`, placed where an error that something shared is not `Sync` belongs: on what is
/// shared if that is one thing, else on the list of globals, or on the function's name if `self` may be meant.
fn shared(function: &Function, options: &Options) -> TokenStream {
    let parameter =
        |global: &Ident| function.parameters().filter_map(|parameter| parameter.name()).find(|name| *name == global);
    let globals: Vec<_> = options.globals().filter_map(plain_name).collect();
    let span = match (function.signature.receiver(), &globals[..]) {
        (None, []) => Span::mixed_site(),
        (None, [global]) => parameter(global).unwrap_or(global).span(),
        (None, _) => options.globals_span(),
        (Some(receiver), []) => receiver.self_token.span,
        (Some(_), _) => function.signature.ident.span(),
    };
    let span = Span::mixed_site().located_at(span);
    quote_spanned!(span=> _)
}
