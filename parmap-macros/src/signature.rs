//! The driver's signature: the user's, generic over one item or many.
//!
//! Expansion and fallback share it, so a function with a mistake is called exactly as it will be without. User tokens
//! keep their spans; a driver of one item has no more parameters, attributes or bounds than the user wrote, plus one
//! type. What the engine gives the body, index and locals, is no parameter of the driver.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, FnArg, Lifetime, Pat, PatType, ReturnType, Signature, Type};

use crate::ends::{self, Returns};
use crate::function::{Function, plain_name};
use crate::lifetimes;
use crate::options::Options;
use crate::roles::Roles;

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
    /// The parameter that receives the item's position.
    pub(crate) index: Option<PatType>,
    /// The parameters that are a worker's own state, and how each is made.
    pub(crate) locals: Vec<(PatType, Expr)>,
    /// The result of one item.
    pub(crate) result: TokenStream,
    /// The result of many items.
    many: TokenStream,
}

/// The item as the body sees it.
#[derive(Default)]
pub(crate) struct Item {
    pub(crate) attributes: TokenStream,
    pub(crate) pattern: TokenStream,
    pub(crate) ty: TokenStream,
}

impl<'a> DriverSignature<'a> {
    /// The driver of `function`, whose parameters have these `roles`.
    pub(crate) fn new(function: &'a Function, roles: &Roles, options: &Options) -> Self {
        let mut named = function.signature.clone();
        let fresh = lifetimes::name_elided(&mut named, roles);
        let result = match &named.output {
            ReturnType::Type(_, ty) => ty.to_token_stream(),
            ReturnType::Default => quote_spanned!(Span::mixed_site()=> ()),
        };
        let returns = if function.result().is_some() { Returns::Something } else { Returns::Nothing };
        let many = ends::many(options, &result, returns);
        let (items, item) = take_item(&mut named, roles.item);
        let parameter = |place| function.parameters().find(|parameter| parameter.place == place);
        let written = |place| parameter(place).map(|parameter| parameter.written.clone());
        let index = roles.index.and_then(written);
        let locals = roles.locals.iter().filter_map(|(place, value)| Some((written(*place)?, value.clone()))).collect();
        let inputs = std::mem::take(&mut named.inputs).into_iter().enumerate();
        named.inputs = inputs.filter(|(place, _)| !roles.is_the_engines(*place)).map(|(_, input)| input).collect();
        let parmap = options.parmap(Span::mixed_site());
        DriverSignature { function, parmap, named, fresh, items, item, index, locals, result, many }
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
    // Documentation shows the user's name, which the item then has as well. It is a name of the macro's all the same:
    // no option may mention the item, of which there may be many.
    let shadowed = |name: &Ident| {
        let lints = quote_spanned!(site=> #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]);
        // As a name of the macro's it is in the macro's edition, in which `gen` is a keyword.
        let mut name = if name == "gen" { Ident::new_raw("gen", name.span()) } else { name.clone() };
        name.set_span(site.located_at(name.span()));
        (name, lints)
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
        let DriverSignature { parmap, fresh, result, many, .. } = self;
        let Function { attributes, visibility, .. } = self.function;
        let Signature { safety, fn_token, ident, inputs, generics, .. } = &self.named;
        let parameters = generics.params.iter();
        let where_clause = &generics.where_clause;
        let item = &self.item.ty;
        let output = quote_spanned!(ends::place(result)=> ParmapItems::Output<#result, #many>);
        // The user's `where` clause stays as it is, so that what the compiler suggests to add to it can be added.
        tokens.extend(quote_spanned! {Span::mixed_site()=>
            #(#attributes)*
            #visibility #safety #fn_token #ident<
                #(#fresh,)* #(#parameters,)* ParmapItems: #parmap::OneOrMany<#item>,
            >(#inputs) -> #output #where_clause
        });
    }
}
