//! How a function is called with an item and what `global`, `index` and `local` provide, and how a closure without types
//! learns theirs from that.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Index};

use crate::options::{Extra, Options, ungrouped};

/// What a closure is told of its types beside those of its globals and locals.
pub(crate) struct Types {
    /// The type parameters that the type of the hint has.
    pub(crate) generics: TokenStream,
    /// The type of the value that tells what an item is.
    pub(crate) hint: TokenStream,
    /// The type of the closure's first parameter.
    pub(crate) item: TokenStream,
    /// The trait by which it is called.
    pub(crate) called: TokenStream,
    pub(crate) returned: Returned,
}

/// What a closure is given back as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returned {
    /// As what it is.
    Itself,
    /// As something that is called with what it should take. Where it takes less, to call it so is no second mistake.
    AsExpected,
}

/// A function that expects a closure with these parameters, which tells the closure their types.
pub(crate) fn typed(options: &Options, types: &Types) -> TokenStream {
    let Types { generics, hint, item, called, returned } = types;
    let site = Span::mixed_site();
    let name = |prefix: &str, place: usize| Ident::new(&format!("{prefix}{place}"), site);
    let globals: Vec<_> = (0..options.globals().count()).map(|place| name("G", place)).collect();
    let locals: Vec<_> = (0..options.locals().count()).map(|place| name("L", place)).collect();
    let size = locals.first().map(|_| quote_spanned!(site=> ::core::primitive::u8)).into_iter();
    let (mut global, mut local) = (globals.iter(), locals.iter());
    let extras = options.extras.iter().map(|extra| match extra {
        Extra::Global(_) => global.next().to_token_stream(),
        Extra::Index(_) => quote_spanned!(site=> ::core::primitive::usize),
        Extra::Local(..) => {
            let local = local.next();
            quote_spanned!(site=> &mut #local)
        }
    });
    let expected = quote_spanned!(site=> ::core::ops::#called(#item, #(#extras),*) -> R);
    let returned = match returned {
        Returned::Itself => quote_spanned!(site=> F),
        Returned::AsExpected => quote_spanned!(site=> impl #expected),
    };
    quote_spanned! {site=>
        fn parmap_typed<#generics, #(#globals,)* #(#locals,)* F, R>(
            _: &#hint,
            _: &impl ::core::ops::FnOnce() -> (#(#locals,)* #(#size)*),
            #(_: &#globals,)*
            f: F,
        ) -> #returned
        where
            F: #expected,
        {
            f
        }
    }
}

/// What a function is given behind its item, in the order written; `globals` are their names.
pub(crate) fn extras<'e>(options: &'e Options, globals: &'e [Ident]) -> impl Iterator<Item = TokenStream> + 'e {
    let site = Span::mixed_site();
    let (mut globals, mut local) = (globals.iter(), 0..);
    options.extras.iter().map(move |extra| match extra {
        Extra::Global(_) => globals.next().to_token_stream(),
        Extra::Index(_) => quote_spanned!(site=> parmap_index),
        Extra::Local(..) => {
            let place = Index { index: local.next().unwrap_or_default(), span: site };
            quote_spanned!(site=> &mut parmap_local.#place)
        }
    })
}

/// The names of the globals. What messages are about when they mention one stands where the user wrote it.
pub(crate) fn global_names(options: &Options) -> Vec<Ident> {
    let globals = options.globals().enumerate();
    globals.map(|(place, global)| name_at(&format!("parmap_global_{place}"), global)).collect()
}

/// The `name` of something, which messages place where it is `written`.
pub(crate) fn name_at(name: &str, written: &Expr) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(written.span()))
}

/// The expressions that share the globals among all calls.
pub(crate) fn shared<'o>(options: &'o Options, parmap: &'o TokenStream) -> impl Iterator<Item = TokenStream> + 'o {
    options.globals().map(move |global| {
        let global = ungrouped(global);
        quote_spanned!(Span::mixed_site()=> #parmap::__private::shared(#global))
    })
}
