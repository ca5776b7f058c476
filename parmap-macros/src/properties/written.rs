//! The expressions in the input of a macro, read in another way than the macros read them.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token, parenthesized, token};

use crate::options::ungrouped;
use crate::visitor::parenthesize_fragments;

/// The values of an attribute's options that are expressions for the expansion; `None` if they cannot be read.
pub(super) fn options(written: TokenStream) -> Option<Vec<Expr>> {
    read(written, true)
}

/// The arguments of a call, those between the parentheses of stages, and the values of options.
pub(super) fn arguments(written: TokenStream) -> Option<Vec<Expr>> {
    read(written, false)
}

fn read(written: TokenStream, is_attribute: bool) -> Option<Vec<Expr>> {
    let mut values = Vec::new();
    let all = |input: ParseStream| {
        while !input.is_empty() {
            argument(input, &mut values, is_attribute)?;
        }
        Ok(())
    };
    all.parse2(written).ok()?;
    Some(values)
}

fn argument(input: ParseStream, values: &mut Vec<Expr>, is_attribute: bool) -> syn::Result<()> {
    const STAGES: [&str; 13] = [
        "par",
        "par_filter",
        "par_filter_map",
        "par_flat_map",
        "serial",
        "serial_filter",
        "serial_filter_map",
        "serial_flat_map",
        "collect",
        "for_each",
        "fold",
        "sum",
        "count",
    ];
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any).map(|name| name.to_string()).unwrap_or_default();
    let is_value = ahead.peek(Token![=]) && !ahead.peek(Token![==]) && !ahead.peek(Token![=>]);
    if is_value {
        let _ = (input.call(Ident::parse_any)?, input.parse::<Token![=]>()?);
        let value = expression(input)?;
        match (name.as_str(), &value) {
            ("index" | "crate" | "engine", _) => {}
            ("global", _) if is_attribute => {}
            ("reduce", Expr::Path(_)) => {}
            ("global" | "reduce" | "fold", Expr::Tuple(tuple)) => {
                values.extend(tuple.elems.iter().map(|element| ungrouped(element).clone()));
            }
            _ => values.push(value),
        }
    } else if ahead.peek(token::Paren) && (name == "local" || STAGES.contains(&name.as_str())) && is_last(&ahead) {
        let content;
        let _ = (input.call(Ident::parse_any)?, parenthesized!(content in input));
        while !content.is_empty() {
            argument(&content, values, is_attribute)?;
        }
    } else if name == "try" || (name == "progress" && (ahead.is_empty() || ahead.peek(Token![,]))) {
        input.call(Ident::parse_any)?;
    } else {
        values.push(expression(input)?);
    }
    if input.is_empty() { Ok(()) } else { input.parse::<Token![,]>().map(drop) }
}

fn is_last(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<proc_macro2::TokenTree>().is_ok() && (ahead.is_empty() || ahead.peek(Token![,]))
}

fn expression(input: ParseStream) -> syn::Result<Expr> {
    let mut value = input.parse()?;
    parenthesize_fragments(&mut value);
    Ok(ungrouped(&value).clone())
}
