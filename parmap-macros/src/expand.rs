//! The driver: what a function without mistakes becomes.
//!
//! Nothing here can fail. The generic work is the engine's; what stands here is what only the user's crate can say: the
//! body, the options, and the call site's own `static`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;
use syn::ext::IdentExt;

use crate::attribute::Annotated;
use crate::function::Function;
use crate::options::Options;
use crate::signature::DriverSignature;

// Input:
//
//     #[parmap(global = data, chunksize = 25)]
//     fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
//         data[section].iter().sum()
//     }
//
// Output:
//
//     fn section_sum<ParmapItems: ::parmap::OneOrMany<Range<usize>>>(
//         section: ParmapItems,
//         data: &[f64],
//     ) -> ParmapItems::Output<f64> {
//         <ParmapItems as ::parmap::OneOrMany<Range<usize>>>::__parmap_drive::<f64, _, _>(
//             section,
//             || ::parmap::__private::Options::new({ static PARMAP_SITE: .. = ..; &PARMAP_SITE }).chunksize(25),
//             |section: Range<usize>| -> f64 { data[section].iter().sum() },
//         )
//     }
//
// The result names the item's type through `ParmapItems`, and so lends the driver what follows from that type being
// well formed, such as `T: 'a` from `&'a T`. The explicit type arguments are where the errors about `Send` and `Sync`
// land: on the item's type, the result's type, and the global's name.
pub(crate) fn expand(annotated: &Annotated) -> TokenStream {
    let Annotated { function, options, item } = annotated;
    let signature = DriverSignature::new(function, *item, options);
    let body = closure(&signature);
    let site = site(options, &function.signature.ident);
    let counts = options.counts.iter().map(|(name, value)| count(name, value));
    let shared = shared(function, options);
    let attributes = &function.inner_attributes;
    let DriverSignature { parmap, items, item, result, .. } = &signature;
    let item = &item.ty;
    quote_spanned! {Span::mixed_site()=>
        #signature
        {
            #(#attributes)*
            <ParmapItems as #parmap::OneOrMany<#item>>::__parmap_drive::<#result, _, #shared>(
                #items,
                || #parmap::__private::Options::new(#site) #(#counts)*,
                #body,
            )
        }
    }
}

/// The user's body as a closure over the item, its lifetimes named.
pub(crate) fn closure(signature: &DriverSignature) -> TokenStream {
    let DriverSignature { function, item, result, .. } = signature;
    let (attributes, pattern, ty, block) = (&item.attributes, &item.pattern, &item.ty, &function.block);
    // Messages that mention the closure show where it begins, so it begins at the function's name.
    let bar = quote_spanned!(Span::mixed_site().located_at(function.signature.ident.span())=> |);
    quote_spanned!(Span::mixed_site()=> #bar #attributes #pattern: #ty #bar -> #result #block)
}

fn count(name: &Ident, value: &Expr) -> TokenStream {
    let name = Ident::new(&name.to_string(), Span::mixed_site().located_at(name.span()));
    quote_spanned!(Span::mixed_site()=> .#name(#value))
}

/// The call site's `static`, in a block of its own where no code of the user can see it.
fn site(options: &Options, function: &Ident) -> TokenStream {
    let name = function.unraw().to_string();
    let parmap = options.parmap(Span::mixed_site());
    // `Site::new` records its caller's place, which is the span of these tokens.
    let caller = options.parmap(function.span());
    let new = quote_spanned!(function.span()=> #caller::__private::Site::new(#name));
    quote_spanned!(Span::mixed_site()=> { static PARMAP_SITE: #parmap::__private::Site = #new; &PARMAP_SITE })
}

/// The type argument for the body, `_`, placed where an error that something shared is not `Sync` belongs: on what is
/// shared if that is one thing, else on the list of globals, or on the function's name if `self` may be meant.
fn shared(function: &Function, options: &Options) -> TokenStream {
    let parameter =
        |global: &Ident| function.parameters().filter_map(|parameter| parameter.name()).find(|name| *name == global);
    let span = match (function.signature.receiver(), &options.globals[..]) {
        (None, []) => Span::mixed_site(),
        (None, [global]) => parameter(global).unwrap_or(global).span(),
        (None, _) => options.globals_span(),
        (Some(receiver), []) => receiver.self_token.span,
        (Some(_), _) => function.signature.ident.span(),
    };
    let span = Span::mixed_site().located_at(span);
    quote_spanned!(span=> _)
}
