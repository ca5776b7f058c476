//! `par_map!(f, items, ..)`, from what was written to what the compiler gets: parse and check, expand.

mod expand;
mod fallback;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Token};

use self::expand::expand;
use self::fallback::fallback;
use crate::errors::{self, Errors, Refusal};
use crate::options::{Options, Use, begins_with_an_option, closure, is_end, next, parse_expression};

const SHAPE: &str = "write `par_map!(f, items)`";
const NOTHING: &str = "nothing to map: write `par_map!(f, items)`";

/// As much as could be read of a call.
#[derive(Default)]
struct Call {
    function: Option<Expr>,
    items: Option<Expr>,
    options: Options,
}

/// The macro with the tokens `written` between its parentheses.
pub(crate) fn par_map(written: TokenStream) -> TokenStream {
    let mut call = Call::default();
    let parsed = errors::collect(|errors| {
        let parse = |input: ParseStream| {
            let parsed = call.parse(input, errors);
            // What is left after a mistake is no mistake of its own.
            let _: TokenStream = input.parse()?;
            parsed
        };
        if let Err(error) = parse.parse2(written) {
            errors.push(error);
        }
        Some(())
    });
    match (parsed, &call.function, &call.items) {
        (Ok(()), Some(function), Some(items)) => expand(function, items, &call.options),
        (Ok(()), ..) => fallback(Error::new(Span::call_site(), NOTHING), &call),
        (Err(Refusal { error, .. }), ..) => fallback(error, &call),
    }
}

impl Call {
    /// Reads what was written, to the end or to where something is missing.
    fn parse(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if input.is_empty() {
            return Err(Error::new(Span::call_site(), NOTHING));
        }
        parse_argument(&mut self.function, input, "function")?;
        let comma: Option<Token![,]> = input.parse()?;
        if input.is_empty() {
            let last: &dyn ToTokens = comma.as_ref().map_or(&self.function, |comma| comma);
            return Err(Error::new_spanned(last, format!("no items to map: {SHAPE}")));
        }
        parse_argument(&mut self.items, input, "items")?;
        self.check_order(errors);
        let _: Option<Token![,]> = input.parse()?;
        self.options.parse(input, Use::ParMap, errors)
    }

    /// Reports a closure that stands where the items belong; the fallback is that of the call that was meant.
    fn check_order(&mut self, errors: &mut Errors) {
        let is_closure = |argument: &Option<Expr>| argument.as_ref().is_some_and(|value| closure(value).is_some());
        if is_closure(&self.items) && !is_closure(&self.function) {
            errors.at(&self.function, format!("the function comes first: {SHAPE}"));
            std::mem::swap(&mut self.function, &mut self.items);
        }
    }
}

/// Reads one of the first two arguments. Behind one that cannot be read nobody knows what is what.
fn parse_argument(argument: &mut Option<Expr>, input: ParseStream, what: &str) -> syn::Result<()> {
    if is_end(input) {
        return Err(Error::new_spanned(next(input), format!("expected the {what}: {SHAPE}")));
    }
    if let Some(name) = begins_with_an_option(input, Use::ParMap) {
        return Err(Error::new_spanned(name, format!("expected the {what}: {SHAPE}, and options behind both")));
    }
    *argument = Some(parse_expression(input)?);
    if !is_end(input) {
        return Err(Error::new_spanned(next(input), "expected `,`: write a comma between two arguments"));
    }
    Ok(())
}
