//! The annotated function as the user wrote it.
//!
//! Owns how it is read. The body stays raw tokens: nothing in it is parmap's business. What is no function at all is refused
//! here, because nothing of it can be used; every other refusal is in `check`.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, FnArg, Item, Pat, PatIdent, PatType, Signature, Token, Visibility};

/// An annotated function.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

/// What follows the signature.
pub(crate) enum Body {
    Block {
        /// The `#![..]` at the block's start, which no closure may have.
        attributes: Vec<Attribute>,
        /// The rest of the block, braces included.
        block: Group,
    },
    /// The semicolon of a trait's method without a body.
    None(Token![;]),
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Function> {
        (|input: ParseStream| Function::read(input)).parse2(item.clone()).map_err(|error| not_a_function(item, error))
    }

    fn read(input: ParseStream) -> syn::Result<Function> {
        let function = Function {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: Body::read(input)?,
        };
        Ok(function)
    }

    /// The parameters, the receiver left out, each with its place among all inputs.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (usize, &PatType)> {
        self.signature.inputs.iter().enumerate().filter_map(|(place, input)| match input {
            FnArg::Typed(parameter) => Some((place, parameter)),
            FnArg::Receiver(_) => None,
        })
    }
}

impl Body {
    fn read(input: ParseStream) -> syn::Result<Body> {
        if input.peek(Token![;]) {
            return Ok(Body::None(input.parse()?));
        }
        let content;
        let braces = syn::braced!(content in input);
        let attributes = content.call(Attribute::parse_inner)?;
        let mut block = Group::new(proc_macro2::Delimiter::Brace, content.parse()?);
        block.set_span(braces.span.join());
        Ok(Body::Block { attributes, block })
    }
}

/// The name of a parameter that has nothing but a name, `mut` aside.
pub(crate) fn plain_name(parameter: &PatType) -> Option<&PatIdent> {
    match &*parameter.pat {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(pattern),
        _ => None,
    }
}

/// The one error for what is no function: at its keyword, or where syn gave up on something that looks like one.
fn not_a_function(item: TokenStream, error: Error) -> Error {
    let (keyword, advice) = match syn::parse2(item.clone()) {
        Ok(Item::Impl(item)) => (item.impl_token.span, "write it on a method in the `impl` block"),
        Ok(Item::Mod(item)) => (item.mod_token.span, "write it on a function in the module"),
        Ok(Item::Trait(item)) => (item.trait_token.span, "write it on a function, and call that from a method"),
        Ok(Item::Struct(item)) => (item.struct_token.span, ANYTHING),
        Ok(Item::Enum(item)) => (item.enum_token.span, ANYTHING),
        Ok(Item::Union(item)) => (item.union_token.span, ANYTHING),
        Ok(Item::Type(item)) => (item.type_token.span, ANYTHING),
        Ok(Item::Const(item)) => (item.const_token.span, ANYTHING),
        Ok(Item::Static(item)) => (item.static_token.span, ANYTHING),
        Ok(Item::Use(item)) => (item.use_token.span, ANYTHING),
        Ok(Item::Macro(item)) => (first_span(item.mac), "write it on the function inside the macro"),
        _ if mentions_fn(item) => return error,
        _ => (Span::call_site(), ANYTHING),
    };
    Error::new(keyword, format!("`#[parmap]` is for functions and methods: {advice}"))
}

const ANYTHING: &str = "write it on an `fn`";

fn mentions_fn(item: TokenStream) -> bool {
    item.into_iter()
        .any(|token| matches!(token, TokenTree::Ident(ident) if ident == Ident::new("fn", Span::call_site())))
}

fn first_span(tokens: impl ToTokens) -> Span {
    tokens.into_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
