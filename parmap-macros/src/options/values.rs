//! The values that are more than an expression: numbers, reductions, folds.
//!
//! Each is checked where it is read. What makes no sense is reported at the smallest token that is wrong.

use proc_macro2::Ident;
use syn::{Expr, ExprUnary, Lit, Pat, Type, UnOp};

use super::Use;
use super::tokens::{closure, plain_name, ungrouped};
use crate::errors::Errors;
use crate::visitor::placeholder;

/// What becomes of the results of many items.
pub(crate) enum End {
    /// `reduce` with one of [`REDUCTIONS`].
    Named(Ident),
    /// `reduce` with an identity and a function that combines two.
    Combine(Expr, Expr),
    /// `fold` with an initial value and a function that adds one result to it.
    Fold(Expr, Expr),
    /// `into`: they are written there.
    Into(Expr),
    /// A `reduce` or `fold` with a mistake in its value: one value of the results' type, most likely.
    Unclear,
}

/// The reductions that have a name, the engine's own; the latter two have no value for no items.
const REDUCTIONS: [&str; 4] = ["sum", "product", "min", "max"];

impl End {
    /// Whether the reduction of no items is `None`.
    pub(crate) fn is_optional(name: &Ident) -> bool {
        name == "min" || name == "max"
    }

    /// Reads the value of `reduce`.
    pub(super) fn reduce(value: Expr, errors: &mut Errors) -> End {
        const ADVICE: &str = "write `sum`, `product`, `min`, `max` or `(identity, |a, b| ..)`";
        if let Some(name) = plain_name(&value) {
            if REDUCTIONS.iter().any(|known| name == known) {
                return End::Named(name.clone());
            }
            errors.at(name, format!("unknown reduction `{name}`: {ADVICE}"));
            return End::Unclear;
        }
        pair(&value).map_or_else(
            || {
                errors.at(&value, format!("`reduce` takes a reduction's name or a pair: {ADVICE}"));
                End::Unclear
            },
            |(identity, combine)| End::Combine(identity, combine),
        )
    }

    /// Reads the value of `fold`.
    pub(super) fn fold(value: &Expr, used: Use, errors: &mut Errors) -> End {
        let Some((init, combine)) = pair(value) else {
            errors.at(value, "`fold` takes an initial value and a function: write `fold = (init, |acc, x| ..)`");
            return End::Unclear;
        };
        match (used, End::accumulator(&combine).and_then(placeholder)) {
            (Use::Attribute, Some(placeholder)) => {
                errors.at(placeholder, "the function returns the accumulator: write its whole type");
                End::Unclear
            }
            _ => End::Fold(init, combine),
        }
    }

    /// The type written for the accumulator of a `fold`.
    pub(crate) fn accumulator(combine: &Expr) -> Option<&Type> {
        match closure(combine)?.inputs.first()? {
            Pat::Type(parameter) => Some(&parameter.ty),
            _ => None,
        }
    }
}

/// The two values of `(a, b)`.
fn pair(value: &Expr) -> Option<(Expr, Expr)> {
    match ungrouped(value) {
        Expr::Tuple(tuple) if tuple.elems.len() == 2 => {
            let mut elements = tuple.elems.iter().cloned();
            elements.next().zip(elements.next())
        }
        _ => None,
    }
}

/// Reports a number that makes no sense.
pub(super) fn check_count(name: &Ident, value: &Expr, errors: &mut Errors) {
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

/// Reports an engine that does not exist.
pub(super) fn check_engine(value: &Expr, errors: &mut Errors) {
    if plain_name(value).is_none_or(|name| name != "threads") {
        errors.at(value, "the only engine is `threads`: write `engine = threads`, or leave the option out");
    }
}

fn is_zero(literal: &Lit) -> bool {
    matches!(literal, Lit::Int(number) if number.base10_digits() == "0")
}
