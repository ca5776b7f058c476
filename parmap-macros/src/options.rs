//! The options, as written between the parentheses: `name = value, ..`.
//!
//! Owns their grammar, their names (once, in [`KNOWN`]) and the mistakes that show without the function they belong to.
//! A value is any Rust expression. After a mistake reading goes on behind the next comma, so that every option is
//! looked at.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprUnary, Lit, Path, Token, UnOp};

use crate::errors::Errors;

/// How the value of an option is read.
#[derive(Clone, Copy)]
enum Kind {
    /// One name of a parameter, or several in parentheses.
    Globals,
    /// A number that the engine takes under the option's own name; 0 makes no sense.
    Count,
    /// The path under which the expansion finds parmap.
    Crate,
}

/// Every option: its name, how its value is read, and an example for messages.
const KNOWN: [(&str, Kind, &str); 4] = [
    ("global", Kind::Globals, "global = data"),
    ("chunksize", Kind::Count, "chunksize = 25"),
    ("processes", Kind::Count, "processes = 4"),
    ("crate", Kind::Crate, "crate = ::parmap"),
];

/// The options of one use.
pub(crate) struct Options {
    /// The parameters named as globals, in the order written.
    pub(crate) globals: Vec<Ident>,
    /// The value they were named in, for messages about all of them.
    pub(crate) globals_written: Option<Expr>,
    /// Whether `globals` is what was meant: not so where an option could not be read that may have been `global`.
    pub(crate) globals_are_certain: bool,
    /// What the engine is given, each under its option's name, in the order written.
    pub(crate) counts: Vec<(Ident, Expr)>,
    /// Where parmap lives, if not at `::parmap`.
    parmap: Option<Path>,
}

impl Options {
    /// The path of parmap; the default one is placed at `span`.
    pub(crate) fn parmap(&self, span: Span) -> TokenStream {
        self.parmap.as_ref().map_or_else(|| quote_spanned!(span=> ::parmap), ToTokens::to_token_stream)
    }

    /// Where the globals were named.
    pub(crate) fn globals_span(&self) -> Span {
        match &self.globals_written {
            Some(Expr::Tuple(list)) => list.paren_token.span.join(),
            _ => self.globals.first().map_or_else(Span::mixed_site, Ident::span),
        }
    }

    pub(crate) fn parse(written: TokenStream, errors: &mut Errors) -> Options {
        let mut options = Options {
            globals: Vec::new(),
            globals_written: None,
            globals_are_certain: true,
            counts: Vec::new(),
            parmap: None,
        };
        let list = |input: ParseStream| -> syn::Result<()> {
            let mut seen = Vec::new();
            while !input.is_empty() {
                options.parse_one(input, &mut seen, errors);
                separator(input, errors)?;
            }
            Ok(())
        };
        if let Err(error) = list.parse2(written) {
            errors.push(error);
        }
        options
    }

    /// Reads one `name = value`; behind a mistake the rest of the option is left for [`separator`] to skip.
    fn parse_one(&mut self, input: ParseStream, seen: &mut Vec<Ident>, errors: &mut Errors) {
        let Ok(name) = input.call(Ident::parse_any) else {
            self.globals_are_certain = false;
            let found = input.fork().parse::<TokenTree>().map(TokenTree::into_token_stream).unwrap_or_default();
            errors.at(found, format!("expected an option: write {}", known()));
            return skip(input);
        };
        let Some(&(_, kind, example)) = KNOWN.iter().find(|(known, ..)| name == known) else {
            self.globals_are_certain = false;
            errors.at(&name, format!("unknown option `{name}`: write {}", known()));
            return skip(input);
        };
        if seen.contains(&name) {
            errors.at(&name, format!("option `{name}` is given twice: write it once"));
            return skip(input);
        }
        seen.push(name.clone());
        match value(input, &name, example) {
            Ok(value) => self.set(kind, name, value, errors),
            Err(error) => {
                self.globals_are_certain &= !matches!(kind, Kind::Globals);
                errors.push(error);
                skip(input);
            }
        }
    }

    fn set(&mut self, kind: Kind, name: Ident, value: Expr, errors: &mut Errors) {
        match kind {
            Kind::Globals => {
                self.globals_are_certain &= self.set_globals(&value, errors);
                self.globals_written = Some(value);
            }
            Kind::Count => {
                check_count(&name, &value, errors);
                self.counts.push((name, value));
            }
            Kind::Crate => match value {
                Expr::Path(path) if path.qself.is_none() => self.parmap = Some(path.path),
                other => errors.at(other, "`crate` is the path where parmap lives: write `crate = ::parmap`"),
            },
        }
    }

    /// Whether every part of `value` is a name.
    fn set_globals(&mut self, value: &Expr, errors: &mut Errors) -> bool {
        let names = match value {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
            Expr::Paren(paren) => vec![&*paren.expr],
            Expr::Group(group) => return self.set_globals(&group.expr, errors),
            one => vec![one],
        };
        if names.is_empty() {
            errors.at(value, "`global = ()` names no parameter: write `global = data`, or leave the option out");
            return false;
        }
        let mut all_names = true;
        for name in names {
            match plain_name(name) {
                Some(name) if self.globals.contains(name) => {
                    errors.at(name, format!("`{name}` is named as a global twice: write it once"));
                }
                Some(name) => self.globals.push(name.clone()),
                None => {
                    all_names = false;
                    let advice = "write `global = data` or `global = (a, b)`";
                    errors.at(name, format!("a global is the plain name of a parameter: {advice}"));
                }
            }
        }
        all_names
    }
}

/// The names of all options, as a message lists them.
fn known() -> String {
    let names: Vec<_> = KNOWN.iter().map(|(name, ..)| format!("`{name} = ..`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn value(input: ParseStream, name: &Ident, example: &str) -> syn::Result<Expr> {
    let empty = |at: &dyn ToTokens| syn::Error::new_spanned(at, format!("`{name}` has no value: write `{example}`"));
    if !input.peek(Token![=]) {
        return Err(empty(name));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(empty(&equals));
    }
    input.parse()
}

/// Skips what belongs to the current option.
fn skip(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// Reads the comma between two options.
fn separator(input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if !input.peek(Token![,]) {
        let found: TokenTree = input.parse()?;
        errors.at(&found, "expected `,`: write a comma between two options");
        skip(input);
    }
    input.parse::<Option<Token![,]>>().map(drop)
}

fn plain_name(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        Expr::Group(group) => plain_name(&group.expr),
        _ => None,
    }
}

fn check_count(name: &Ident, value: &Expr, errors: &mut Errors) {
    match value {
        Expr::Paren(paren) => check_count(name, &paren.expr, errors),
        Expr::Group(group) => check_count(name, &group.expr, errors),
        Expr::Lit(literal) if is_zero(&literal.lit) => {
            errors.at(value, format!("`{name}` is at least 1: write a larger number, or leave the option out"));
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) if matches!(**expr, Expr::Lit(_)) => {
            errors.at(value, format!("`{name}` cannot be negative: write at least 1, or leave the option out"));
        }
        _ => {}
    }
}

fn is_zero(literal: &Lit) -> bool {
    matches!(literal, Lit::Int(number) if number.base10_digits() == "0")
}
