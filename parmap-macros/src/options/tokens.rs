//! How far an option reaches, and what stands in it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Expr, Stmt, Token};

use crate::visitor::parenthesize_fragments;

/// Reads an expression, in which fragments of a `macro_rules!` are put in parentheses.
///
/// The compiler forgets where such a fragment begins and ends when it has been through a macro of this kind: without
/// them `$sum * 2` would be `a + b * 2`.
pub(crate) fn parse_expression(input: ParseStream) -> syn::Result<Expr> {
    if input.peek(Token![try]) && input.peek2(Token![::]) {
        // A name for syn, and for nobody else.
        return Err(input.error("expected an expression"));
    }
    let mut value = input.parse()?;
    parenthesize_fragments(&mut value);
    Ok(value)
}

/// `value` as it is written behind a `&` or before a `{`: in parentheses, unless it is whole there as it is.
pub(crate) fn operand(value: &Expr) -> TokenStream {
    if is_whole(value) {
        return value.to_token_stream();
    }
    // Of parentheses that reach further than what is in them the compiler takes the place for its messages.
    quote_spanned!(Span::mixed_site().located_at(value.span())=> (#value))
}

/// A closure is not: before a `{` its body could not end in `Point { x }`.
fn is_whole(value: &Expr) -> bool {
    match value {
        Expr::Path(_) | Expr::Lit(_) | Expr::Paren(_) | Expr::Tuple(_) | Expr::Array(_) | Expr::Macro(_) => true,
        Expr::Group(group) => is_whole(&group.expr),
        Expr::Reference(reference) => is_whole(&reference.expr),
        _ => false,
    }
}

/// Whether the current option or argument ends here.
pub(crate) fn is_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Whether a single `=` follows.
pub(crate) fn is_equals(input: ParseStream) -> bool {
    input.peek(Token![=]) && !input.peek(Token![==]) && !input.peek(Token![=>])
}

/// The next token, to be underlined.
pub(crate) fn next(input: ParseStream) -> TokenStream {
    input.fork().parse::<TokenTree>().map(TokenTree::into_token_stream).unwrap_or_default()
}

/// Skips what belongs to the current option or argument.
pub(crate) fn skip(input: ParseStream) {
    while !is_end(input) && input.parse::<TokenTree>().is_ok() {}
}

/// Every name in `tokens`, those in brackets included.
pub(crate) fn names_in(tokens: TokenStream) -> Vec<Ident> {
    let names = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => vec![name],
        TokenTree::Group(group) => names_in(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    });
    names.collect()
}

/// A value that is nothing but a name.
pub(crate) fn plain_name(value: &Expr) -> Option<&Ident> {
    match ungrouped(value) {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// `value` without parentheses around it, neither written nor, around a fragment of a `macro_rules!`, unseen.
pub(crate) fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Paren(paren) => ungrouped(&paren.expr),
        Expr::Group(group) => ungrouped(&group.expr),
        bare => bare,
    }
}

/// The closure that `value` is, if it is one: in parentheses and at the end of a block it still is.
pub(crate) fn closure(value: &Expr) -> Option<&syn::ExprClosure> {
    match ungrouped(value) {
        Expr::Closure(closure) => Some(closure),
        Expr::Block(block) if block.label.is_none() => match block.block.stmts.last()? {
            Stmt::Expr(last, None) => closure(last),
            _ => None,
        },
        _ => None,
    }
}
