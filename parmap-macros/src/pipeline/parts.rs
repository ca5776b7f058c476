//! The stages and ends: one table of their names, and what stands between the parentheses of one.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Expr, Token, parenthesized, token};

use crate::errors::Errors;
use crate::options::{
    self, Options, Use, begins_with_a_known_option, closure, is_end, is_equals, next, parse_expression, plain_name,
    skip,
};

/// A stage or an end, as far as it could be read.
pub(super) struct Part {
    pub(super) name: Ident,
    pub(super) kind: Kind,
    /// What is written before the options: the function, in a `fold` behind its initial value.
    pub(super) arguments: Vec<Expr>,
    pub(super) options: Options,
    /// Whether no mistake was found in it.
    is_whole: bool,
}

/// Whether items go on behind a part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They do.
    Stage(Order, Shape),
    /// They do not.
    End,
}

/// In what order a stage takes its items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Several workers at a time, each when it comes to it.
    Parallel,
    /// One worker at a time, in input order.
    Serial,
}

/// What becomes of the value that a stage's function returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It goes on.
    Map,
    /// It says whether the item goes on.
    Filter,
    /// It goes on if it is `Some`.
    FilterMap,
    /// What it holds goes on, one by one.
    FlatMap,
}

/// A stage without mistakes.
pub(super) struct Stage<'p> {
    pub(super) order: Order,
    pub(super) shape: Shape,
    pub(super) function: &'p Expr,
    pub(super) options: &'p Options,
}

/// An end without mistakes.
pub(super) struct End<'p> {
    pub(super) name: &'p Ident,
    /// What its function is given at first, and what it returned last after that.
    pub(super) init: Option<&'p Expr>,
    pub(super) function: Option<&'p Expr>,
    pub(super) options: &'p Options,
}

/// A name that stages or ends have, and what must stand between the parentheses.
pub(super) struct Known {
    name: &'static str,
    kind: Kind,
    takes: &'static [Argument],
}

/// An expression between the parentheses, and how messages write it.
struct Argument {
    what: &'static str,
    example: &'static str,
}

const INIT: Argument = Argument { what: "initial value", example: "init" };
const FUNCTION: Argument = Argument { what: "function", example: "f" };

const fn stage(name: &'static str, order: Order, shape: Shape) -> Known {
    Known { name, kind: Kind::Stage(order, shape), takes: &[FUNCTION] }
}

const fn end(name: &'static str, takes: &'static [Argument]) -> Known {
    Known { name, kind: Kind::End, takes }
}

const KNOWN: [Known; 13] = [
    stage("par", Order::Parallel, Shape::Map),
    stage("par_filter", Order::Parallel, Shape::Filter),
    stage("par_filter_map", Order::Parallel, Shape::FilterMap),
    stage("par_flat_map", Order::Parallel, Shape::FlatMap),
    stage("serial", Order::Serial, Shape::Map),
    stage("serial_filter", Order::Serial, Shape::Filter),
    stage("serial_filter_map", Order::Serial, Shape::FilterMap),
    stage("serial_flat_map", Order::Serial, Shape::FlatMap),
    end("collect", &[]),
    end("for_each", &[FUNCTION]),
    end("fold", &[INIT, FUNCTION]),
    end("sum", &[]),
    end("count", &[]),
];

/// The stage or end called `name`.
pub(super) fn find(name: &Ident) -> Option<&'static Known> {
    KNOWN.iter().find(|known| name == known.name)
}

/// What to write instead of a `name` that such things have elsewhere.
pub(super) fn advice(name: &Ident) -> Option<String> {
    let (parallel, serial) = match name.to_string().as_str() {
        "map" | "then" | "stage" | "parallel" | "par_map" | "inspect" => ("par(f)", "serial(f)"),
        "filter" => ("par_filter(f)", "serial_filter(f)"),
        "filter_map" => ("par_filter_map(f)", "serial_filter_map(f)"),
        "flat_map" | "flatten" => ("par_flat_map(f)", "serial_flat_map(f)"),
        "seq" | "sequential" | "serial_map" | "scan" => return Some("`serial(f)`".to_owned()),
        "each" | "foreach" => return Some("the end `for_each(f)`".to_owned()),
        "to_vec" => return Some("the end `collect()`".to_owned()),
        "reduce" | "min" | "max" | "product" => return Some("the end `fold(init, f)`".to_owned()),
        _ => return None,
    };
    Some(format!("`{parallel}`, or `{serial}` to run it one item at a time in order"))
}

/// The stages and ends, as a message lists them.
pub(super) fn list() -> String {
    let stages = KNOWN.iter().filter(|known| known.kind != Kind::End).map(|known| format!("`{}`", known.example()));
    format!("{}, or the end {}", stages.collect::<Vec<_>>().join(", "), ends())
}

/// The ends, as a message lists them.
pub(super) fn ends() -> String {
    let ends = KNOWN.iter().filter(|known| known.kind == Kind::End).map(|known| format!("`{}`", known.example()));
    let ends: Vec<_> = ends.collect();
    match ends.split_last() {
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

impl Known {
    fn example(&self) -> String {
        let arguments: Vec<_> = self.takes.iter().map(|argument| argument.example).collect();
        format!("{}({})", self.name, arguments.join(", "))
    }

    /// Where its options stand.
    fn used(&self) -> Use {
        match self.kind {
            Kind::Stage(Order::Parallel, _) => Use::Parallel,
            Kind::Stage(Order::Serial, _) => Use::Serial,
            Kind::End if self.takes.is_empty() => Use::BareEnd,
            Kind::End => Use::End,
        }
    }
}

impl Part {
    /// Reads a stage or an end.
    pub(super) fn parse(known: &Known, input: ParseStream, errors: &mut Errors) -> syn::Result<Part> {
        let mistakes = errors.count();
        let name = input.call(Ident::parse_any)?;
        let mut part =
            Part { name, kind: known.kind, arguments: Vec::new(), options: Options::default(), is_whole: true };
        if input.peek(token::Paren) {
            let content;
            let parentheses = parenthesized!(content in input);
            if let Err(mistake) = part.parse_content(known, &content, parentheses.span.join(), errors) {
                errors.push(mistake);
                // What is left after a mistake is no mistake of its own.
                let _: TokenStream = content.parse()?;
            }
        } else {
            let (name, example) = (&part.name, known.example());
            if is_end(input) {
                errors.at(name, format!("`{name}` has no parentheses: write `{example}`"));
            } else {
                errors.at(next(input), format!("`{name}` is written `{example}`"));
            }
            skip(input);
        }
        part.is_whole = errors.count() == mistakes;
        Ok(part)
    }

    fn parse_content(
        &mut self,
        known: &Known,
        content: ParseStream,
        parentheses: Span,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        for argument in known.takes {
            self.parse_argument(known, argument, content, parentheses, errors)?;
        }
        self.check_arguments(known, content)?;
        self.options.parse(content, known.used(), errors)
    }

    /// Reads an expression that must be there, and the comma behind it.
    fn parse_argument(
        &mut self,
        known: &Known,
        argument: &Argument,
        content: ParseStream,
        parentheses: Span,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let (name, what, example) = (&self.name, argument.what, known.example());
        if content.is_empty() {
            let message = format!("`{name}` has no {what}: write `{example}`");
            return Err(match self.arguments.last() {
                Some(last) => Error::new_spanned(last, message),
                None => Error::new(parentheses, message),
            });
        }
        if is_end(content) {
            return Err(Error::new_spanned(next(content), format!("expected the {what}: write `{example}`")));
        }
        if let Some(option) = begins_with_any_option(content) {
            let message = format!("expected the {what}: write `{example}`, and options behind it");
            return Err(Error::new_spanned(option, message));
        }
        let value = parse_expression(content)?;
        let is_first_of_two = self.arguments.len() + 1 < known.takes.len();
        if is_first_of_two && closure(&value).is_some() {
            return Err(Error::new_spanned(value, format!("the {what} comes first: write `{example}`")));
        }
        self.arguments.push(value);
        if !is_end(content) {
            errors.at(next(content), "expected `,`: write a comma between two arguments");
            if !is_first_of_two && !begins_with_a_known_option(content, known.used()) {
                skip(content);
            }
        }
        content.parse::<Option<Token![,]>>().map(drop)
    }

    /// Refuses an expression where options belong.
    fn check_arguments(&self, known: &Known, content: ParseStream) -> syn::Result<()> {
        let ahead = content.fork();
        if begins_with_any_option(content).is_some() || begins_with_a_known_option(content, known.used()) {
            return Ok(());
        }
        let Ok(value) = ahead.parse::<Expr>() else { return Ok(()) };
        let name = &self.name;
        let message = if known.takes.is_empty() {
            format!("`{name}` takes nothing: write `{}`", known.example())
        } else if !is_end(&ahead) || !(closure(&value).is_some() || matches!(value, Expr::Path(_))) {
            return Ok(());
        } else {
            let instead = match known.kind {
                Kind::Stage(..) => "write another stage for it",
                Kind::End => "leave it out",
            };
            // A name may as well be that of an option, misspelt.
            let option = plain_name(&value).map(|_| format!(", or write an option: {}", options::list(known.used())));
            format!("`{name}` takes one function: {instead}{}", option.unwrap_or_default())
        };
        Err(Error::new_spanned(value, message))
    }

    /// Whether it has no function.
    pub(super) fn is_cut_short(&self) -> bool {
        self.kind != Kind::End && self.arguments.is_empty()
    }

    /// The stage that this is, if nothing is wrong with it.
    pub(super) fn stage(&self) -> Option<Stage<'_>> {
        match (self.kind, &self.arguments[..]) {
            (Kind::Stage(order, shape), [function]) if self.is_whole => {
                Some(Stage { order, shape, function, options: &self.options })
            }
            _ => None,
        }
    }

    /// The end that this is, if nothing is wrong with it.
    pub(super) fn end(&self) -> Option<End<'_>> {
        let (init, function) = match (self.kind, &self.arguments[..]) {
            (Kind::End, []) => (None, None),
            (Kind::End, [function]) => (None, Some(function)),
            (Kind::End, [init, function]) => (Some(init), Some(function)),
            _ => return None,
        };
        self.is_whole.then_some(End { name: &self.name, init, function, options: &self.options })
    }
}

/// The name of an option, if that is what comes next: of one that does not exist, if it can be nothing else.
fn begins_with_any_option(input: ParseStream) -> Option<Ident> {
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any).ok()?;
    let is_local = || name == "local" && names_a_state(&ahead).unwrap_or_default();
    (is_equals(&ahead) || name == "try" || is_local()).then_some(name)
}

/// Whether `(name = ..` follows.
fn names_a_state(input: ParseStream) -> syn::Result<bool> {
    let content;
    parenthesized!(content in input);
    let _: Ident = content.call(Ident::parse_any)?;
    let is_state = is_equals(&content);
    content.parse::<TokenStream>()?;
    Ok(is_state)
}
