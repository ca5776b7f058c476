//! The annotated function as the user wrote it.
//!
//! Owns how it is read. The body stays raw tokens: nothing in it is parmap's business. What is no function at all is
//! refused here, because nothing of it can be used; the refusals of functions are in `check` and `roles`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Visibility;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Expr, FnArg, Item, Pat, PatIdent, PatType, ReturnType, Signature, Stmt, Token, Type};

use crate::visitor::{parenthesize_fragments_of_body, parenthesize_fragments_of_types};

/// An annotated function.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The `#![..]` at the start of the body, which no closure may have.
    pub(crate) inner_attributes: Vec<Attribute>,
    /// The rest of the body, braces included; nothing where there is none.
    pub(crate) block: Option<Group>,
    /// What stands there instead; nothing where a function is still being typed.
    pub(crate) semicolon: Option<Token![;]>,
}

/// A parameter that is not the receiver.
#[derive(Clone, Copy)]
pub(crate) struct Parameter<'a> {
    /// Its place among all inputs.
    pub(crate) place: usize,
    pub(crate) written: &'a PatType,
}

/// Why something annotated could not be read as a function.
pub(crate) enum NoFunction {
    /// It is a statement or an expression, where the compiler refuses every attribute like this one.
    RefusedByCompiler,
    Mistake(Error),
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> Result<Function, NoFunction> {
        (|input: ParseStream| Function::read(input)).parse2(item.clone()).map_err(|error| no_function(item, error))
    }

    fn read(input: ParseStream) -> syn::Result<Function> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let mut signature: Signature = input.parse()?;
        parenthesize_fragments_of_types(&mut signature);
        if input.is_empty() || input.peek(Token![;]) {
            let (inner_attributes, semicolon) = (Vec::new(), input.parse()?);
            return Ok(Function { attributes, visibility, signature, inner_attributes, block: None, semicolon });
        }
        let (inner_attributes, block) = body(input)?;
        Ok(Function { attributes, visibility, signature, inner_attributes, block: Some(block), semicolon: None })
    }

    /// The type of the result, if the function returns something.
    pub(crate) fn result(&self) -> Option<&Type> {
        match &self.signature.output {
            ReturnType::Type(_, ty) if !matches!(ungrouped(ty), Type::Tuple(tuple) if tuple.elems.is_empty()) => {
                Some(ty)
            }
            _ => None,
        }
    }

    /// The parameters, the receiver left out.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.signature.inputs.iter().enumerate().filter_map(|(place, input)| match input {
            FnArg::Typed(written) => Some(Parameter { place, written }),
            FnArg::Receiver(_) => None,
        })
    }
}

/// Reads the `#![..]` at the start of a body, and the rest of it.
///
/// In braces that nobody has taken apart the compiler knows where fragments of a `macro_rules!` begin and end. In
/// others `x * $sum` would be `x * a + b`, so there they are put in parentheses.
fn body(input: ParseStream) -> syn::Result<(Vec<Attribute>, Group)> {
    let content;
    let whole = input.fork();
    let braces = syn::braced!(content in input);
    let inner_attributes = content.call(Attribute::parse_inner)?;
    let rest: TokenStream = content.parse()?;
    let mut block = Group::new(Delimiter::Brace, rest);
    block.set_span(braces.span.join());
    let block = match inner_attributes[..] {
        [] => as_written(whole.parse()?).unwrap_or(block),
        _ => parenthesized(block),
    };
    Ok((inner_attributes, block))
}

/// The braces that are `written`, out of the fragment that they may be.
fn as_written(written: TokenTree) -> Option<Group> {
    match written {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            as_written(group.stream().into_iter().next()?)
        }
        TokenTree::Group(group) => Some(group),
        _ => None,
    }
}

/// The block, with parentheses around the fragments in it, if it is all in syntax that syn knows.
fn parenthesized(block: Group) -> Group {
    let Ok(mut parsed) = syn::parse2(block.to_token_stream()) else { return block };
    parenthesize_fragments_of_body(&mut parsed);
    parsed.to_token_stream().into_iter().next().and_then(as_written).unwrap_or(block)
}

impl<'a> Parameter<'a> {
    /// The name, if there is nothing but a name (and `mut`).
    pub(crate) fn name(&self) -> Option<&'a Ident> {
        plain_name(&self.written.pat).map(|pattern| &pattern.ident)
    }

    /// The `mut` before the name.
    pub(crate) fn mutability(&self) -> Option<&'a Token![mut]> {
        plain_name(&self.written.pat)?.mutability.as_ref()
    }
}

/// A pattern that is nothing but a name (and `mut`).
pub(crate) fn plain_name(pattern: &Pat) -> Option<&PatIdent> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(pattern),
        _ => None,
    }
}

/// `ty` without parentheses around it, neither written nor, around a fragment of a `macro_rules!`, unseen.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Paren(paren) => ungrouped(&paren.elem),
        Type::Group(group) => ungrouped(&group.elem),
        bare => bare,
    }
}

/// Whether a type's name is that of a number, `bool`, `char` or `str`.
pub(crate) fn is_primitive(name: &Ident) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64", "bool",
        "char", "str",
    ];
    PRIMITIVES.iter().any(|primitive| name == primitive)
}

/// What is to be said about something that is no function.
fn no_function(annotated: TokenStream, error: Error) -> NoFunction {
    let place = match syn::parse2(annotated.clone()) {
        Ok(Stmt::Item(item)) if !matches!(item, Item::Fn(_) | Item::Verbatim(_)) => Some(place(&item)),
        Ok(Stmt::Local(_) | Stmt::Expr(..)) => return NoFunction::RefusedByCompiler,
        // It looks like a function, in syntax that syn does not know yet.
        _ if annotated.clone().into_iter().any(is_fn) => None,
        _ if matches!(syn::parse2(annotated.clone()), Ok(Expr::Macro(_)) | Err(_)) => {
            Some((first_span(annotated), ADVICE))
        }
        _ => return NoFunction::RefusedByCompiler,
    };
    NoFunction::Mistake(match place {
        Some((span, advice)) => Error::new(span, format!("`#[parmap]` is for functions and methods: {advice}")),
        None => error,
    })
}

const ADVICE: &str = "write it on an `fn`";

/// The keyword of an item that is no function, and what to write instead.
fn place(item: &Item) -> (Span, &'static str) {
    match item {
        Item::Impl(item) => (item.impl_token.span, "write it on a method in the `impl` block"),
        Item::Mod(item) => (item.mod_token.span, "write it on a function in the module"),
        Item::Trait(item) => (item.trait_token.span, "write it on a function, and call that from a method"),
        Item::Struct(item) => (item.struct_token.span, ADVICE),
        Item::Enum(item) => (item.enum_token.span, ADVICE),
        Item::Union(item) => (item.union_token.span, ADVICE),
        Item::Type(item) => (item.type_token.span, ADVICE),
        Item::Const(item) => (item.const_token.span, ADVICE),
        Item::Static(item) => (item.static_token.span, ADVICE),
        Item::Use(item) => (item.use_token.span, ADVICE),
        other => (first_span(other), ADVICE),
    }
}

fn is_fn(token: TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "fn")
}

fn first_span(tokens: impl ToTokens) -> Span {
    tokens.into_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
