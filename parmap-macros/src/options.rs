//! The options, as written between the parentheses: `name = value, ..`.
//!
//! Owns their grammar, their names (once, in [`KNOWN`]) and the mistakes in how they are written; whether a global is a
//! parameter is for `roles` to say. A value is any Rust expression. After a mistake reading goes on behind the next
//! comma, so that every option is looked at.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprUnary, Lit, Path, Token, UnOp};

use crate::errors::Errors;
use crate::function::Function;

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
    /// The names in options with a mistake, parameters among them: hardly the item, which no option may mention.
    pub(crate) mistaken_names: Vec<Ident>,
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
        match self.globals_written.as_ref().map(ungrouped) {
            Some(Expr::Tuple(list)) => list.paren_token.span.join(),
            _ => self.globals.first().map_or_else(Span::mixed_site, Ident::span),
        }
    }

    /// Reads what was `written` for `function`.
    pub(crate) fn parse(written: TokenStream, function: &Function, errors: &mut Errors) -> Options {
        let mut options = Options {
            globals: Vec::new(),
            globals_written: None,
            globals_are_certain: true,
            mistaken_names: Vec::new(),
            counts: Vec::new(),
            parmap: None,
        };
        let list = |input: ParseStream| -> syn::Result<()> {
            let mut seen = Vec::new();
            while !input.is_empty() {
                options.parse_one(input, function, &mut seen, errors);
                options.separator(input, errors)?;
            }
            Ok(())
        };
        if let Err(error) = list.parse2(written) {
            errors.push(error);
        }
        options
    }

    /// Reads one `name = value`; after a mistake the rest of the option is skipped.
    fn parse_one(&mut self, input: ParseStream, function: &Function, seen: &mut Vec<Ident>, errors: &mut Errors) {
        let start = input.fork();
        let Ok(name) = input.call(Ident::parse_any) else {
            self.globals_are_certain = false;
            errors.at(next(input), format!("expected an option: write {}", known()));
            return self.skip(&start, input);
        };
        let Some(&(_, kind, example)) = KNOWN.iter().find(|(known, ..)| name == known) else {
            self.globals_are_certain = false;
            let advice = match seen.last() {
                Some(last) if last == "global" => self.parse_more_globals(&name, input, function),
                _ => None,
            };
            let advice = advice.unwrap_or_else(|| format!("write {}", known()));
            errors.at(&name, format!("unknown option `{name}`: {advice}"));
            return self.skip(&start, input);
        };
        let mistake = if seen.contains(&name) {
            syn::Error::new_spanned(&name, format!("option `{name}` is given twice: write it once"))
        } else {
            seen.push(name.clone());
            match value(input, &name, example) {
                Ok(value) => return self.set(kind, name, value, errors),
                Err(error) => error,
            }
        };
        self.globals_are_certain &= !matches!(kind, Kind::Globals);
        errors.push(mistake);
        self.skip(&start, input);
    }

    /// Reads `, b, c` behind `global = a, name` if all are parameters, and says how to write them.
    fn parse_more_globals(&self, name: &Ident, input: ParseStream, function: &Function) -> Option<String> {
        let is_parameter = |name: &Ident| function.parameters().any(|parameter| parameter.name() == Some(name));
        if self.globals.is_empty() || !is_end(input) || !is_parameter(name) {
            return None;
        }
        let mut names: Vec<_> = self.globals.iter().chain([name]).map(Ident::to_string).collect();
        loop {
            let ahead = input.fork();
            match (ahead.parse::<Token![,]>(), ahead.parse::<Ident>()) {
                (Ok(_), Ok(another)) if is_end(&ahead) && is_parameter(&another) => names.push(another.to_string()),
                _ => break,
            }
            input.advance_to(&ahead);
        }
        Some(format!("several globals are written `global = ({})`", names.join(", ")))
    }

    /// Reads the comma between two options.
    fn separator(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if !is_end(input) {
            self.globals_are_certain = false;
            errors.at(next(input), "expected `,`: write a comma between two options");
            self.skip(&input.fork(), input);
        }
        input.parse::<Option<Token![,]>>().map(drop)
    }

    /// Skips the rest of an option with a mistake, which began at `start`, and notes the names in it.
    fn skip(&mut self, start: ParseStream, input: ParseStream) {
        skip(input);
        while start.cursor() < input.cursor() {
            let Ok(token) = start.parse::<TokenTree>() else { return };
            self.mistaken_names.extend(names_in(token.into()));
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
            Kind::Crate => match ungrouped(&value) {
                Expr::Path(path) if path.qself.is_none() => self.parmap = Some(path.path.clone()),
                other => errors.at(other, "`crate` is the path where parmap lives: write `crate = ::parmap`"),
            },
        }
    }

    /// Whether every part of `value` is a name.
    fn set_globals(&mut self, value: &Expr, errors: &mut Errors) -> bool {
        let names = match ungrouped(value) {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
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
                    self.mistaken_names.extend(names_in(name.to_token_stream()));
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
    if is_end(input) {
        return Err(empty(name));
    }
    if !input.peek(Token![=]) || input.peek(Token![==]) || input.peek(Token![=>]) {
        return Err(syn::Error::new_spanned(next(input), format!("option `{name}` is written `{example}`")));
    }
    let equals: Token![=] = input.parse()?;
    if is_end(input) {
        return Err(empty(&equals));
    }
    input.parse()
}

/// Whether the current option ends here.
fn is_end(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// The next token, to be underlined.
fn next(input: ParseStream) -> TokenStream {
    input.fork().parse::<TokenTree>().map(TokenTree::into_token_stream).unwrap_or_default()
}

/// Skips what belongs to the current option.
fn skip(input: ParseStream) {
    while !is_end(input) && input.parse::<TokenTree>().is_ok() {}
}

/// Every name in `tokens`, those in brackets included.
fn names_in(tokens: TokenStream) -> Vec<Ident> {
    let names = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Ident(name) => vec![name],
        TokenTree::Group(group) => names_in(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
    });
    names.collect()
}

fn plain_name(value: &Expr) -> Option<&Ident> {
    match ungrouped(value) {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

/// `value` without parentheses around it, neither written nor, around a fragment of a `macro_rules!`, unseen.
fn ungrouped(value: &Expr) -> &Expr {
    match value {
        Expr::Paren(paren) => ungrouped(&paren.expr),
        Expr::Group(group) => ungrouped(&group.expr),
        bare => bare,
    }
}

fn check_count(name: &Ident, value: &Expr, errors: &mut Errors) {
    let value = ungrouped(value);
    match value {
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
