//! The driver's signature: the user's, generic over one item or many.
//!
//! Expansion and fallback share it, so a function with a mistake is called exactly as it will be without. User tokens
//! keep their spans; a driver of one item has no more parameters, attributes or bounds than the user wrote, plus one
//! type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{FnArg, Lifetime, Pat, ReturnType, Signature, Type};

use crate::function::{Function, plain_name};
use crate::lifetimes;
use crate::options::Options;

/// The signature of a driver, and what its body needs to know of it.
pub(crate) struct DriverSignature<'a> {
    pub(crate) function: &'a Function,
    pub(crate) parmap: TokenStream,
    /// The user's signature with item and result fully named and the item's type replaced.
    named: Signature,
    fresh: Vec<Lifetime>,
    /// The parameter that takes one item or many.
    pub(crate) items: Ident,
    pub(crate) item: Item,
    /// The result of one item.
    pub(crate) result: TokenStream,
}

/// The item as the body sees it.
#[derive(Default)]
pub(crate) struct Item {
    pub(crate) attributes: TokenStream,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: TokenStream,
}

impl<'a> DriverSignature<'a> {
    /// The driver of `function`, whose item is its input at `item`.
    pub(crate) fn new(function: &'a Function, item: usize, options: &Options) -> Self {
        let mut named = function.signature.clone();
        let fresh = lifetimes::name_elided(&mut named, item);
        let result = match &named.output {
            ReturnType::Type(_, ty) => ty.to_token_stream(),
            ReturnType::Default => quote_spanned!(Span::mixed_site()=> ()),
        };
        let (items, item) = take_item(&mut named, item);
        let parmap = options.parmap(Span::mixed_site());
        DriverSignature { function, parmap, named, fresh, items, item, result }
    }
}

/// Replaces the item's parameter by the one for items; its attributes go where the item goes, lints among them.
fn take_item(signature: &mut Signature, item: usize) -> (Ident, Item) {
    let site = Span::mixed_site();
    let fresh = || (Ident::new("parmap_items", site), TokenStream::new());
    // There always is one: `item` is the place of a parameter.
    let Some(FnArg::Typed(parameter)) = signature.inputs.iter_mut().nth(item) else {
        return (fresh().0, Item::default());
    };
    // Documentation shows the user's name, which the item then has as well.
    let shadowed = |name: &Ident| {
        let lints = quote_spanned!(site=> #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]);
        (name.clone(), lints)
    };
    let (items, lints) = plain_name(&parameter.pat).map_or_else(fresh, |pattern| shadowed(&pattern.ident));
    let pattern = std::mem::replace(&mut *parameter.pat, Pat::Verbatim(items.to_token_stream()));
    let ty = std::mem::replace(&mut *parameter.ty, Type::Verbatim(quote_spanned!(site=> ParmapItems)));
    let attributes = std::mem::take(&mut parameter.attrs);
    let item = Item {
        attributes: quote_spanned!(site=> #lints #(#attributes)*),
        pattern: pattern.into_token_stream(),
        ty: ty.into_token_stream(),
    };
    (items, item)
}

impl ToTokens for DriverSignature<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let DriverSignature { parmap, fresh, result, .. } = self;
        let Function { attributes, visibility, .. } = self.function;
        let Signature { safety, fn_token, ident, inputs, generics, .. } = &self.named;
        let parameters = generics.params.iter();
        let where_clause = &generics.where_clause;
        let item = &self.item.ty;
        // The user's `where` clause stays as it is, so that what the compiler suggests to add to it can be added.
        tokens.extend(quote_spanned! {Span::mixed_site()=>
            #(#attributes)*
            #visibility #safety #fn_token #ident<
                #(#fresh,)* #(#parameters,)* ParmapItems: #parmap::OneOrMany<#item>,
            >(#inputs) -> ParmapItems::Output<#result> #where_clause
        });
    }
}
