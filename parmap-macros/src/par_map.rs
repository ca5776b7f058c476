//! `par_map!(f, items, ..)`, from what was written to what the compiler gets: parse and check, expand.

mod expand;
mod fallback;

use proc_macro2::{Punct, Span, TokenStream};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Token};

use self::expand::expand;
use self::fallback::fallback;
use crate::errors::{self, Errors, Refusal};
use crate::options::{
    Options, Use, begins_with_a_known_option, begins_with_an_option, closure, is_end, next, parse_expression, skip,
};

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
    /// Reads what was written; after a mistake reading goes on with the next argument.
    fn parse(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if input.is_empty() {
            return Err(Error::new(Span::call_site(), NOTHING));
        }
        self.function = self.parse_argument(input, "function", find_items, errors)?;
        let comma: Option<Token![,]> = input.parse()?;
        if input.is_empty() {
            let last: &dyn ToTokens = comma.as_ref().map_or(&self.function, |comma| comma);
            report_missing(last, format!("no items to map: {SHAPE}"), errors);
            return Ok(());
        }
        self.items = self.parse_argument(input, "items", find_option, errors)?;
        self.check_order(errors);
        let _: Option<Token![,]> = input.parse()?;
        self.options.parse(input, Use::ParMap, errors)
    }

    /// Reads one of the first two arguments; `find_next` goes to what is behind it where the comma is missing.
    fn parse_argument(
        &mut self,
        input: ParseStream,
        what: &str,
        find_next: fn(ParseStream),
        errors: &mut Errors,
    ) -> syn::Result<Option<Expr>> {
        if is_end(input) {
            report_missing(next(input), format!("expected the {what}: {SHAPE}"), errors);
            return Ok(None);
        }
        if let Some(name) = begins_with_an_option(input, Use::ParMap) {
            report_missing(name, format!("expected the {what}: {SHAPE}, and options behind both"), errors);
            while begins_with_an_option(input, Use::ParMap).is_some() {
                self.options.parse_next(input, Use::ParMap, errors)?;
            }
            if is_end(input) {
                return Ok(None);
            }
        }
        let argument = match parse_expression(input) {
            Ok(argument) => Some(argument),
            Err(error) => {
                errors.push(error);
                skip(input);
                None
            }
        };
        if !is_end(input) {
            errors.at(next(input), "expected `,`: write a comma between two arguments");
            find_next(input);
        }
        Ok(argument)
    }

    /// Reports a closure that stands where the items belong; the fallback is that of the call that was meant.
    fn check_order(&mut self, errors: &mut Errors) {
        let is_closure = |argument: &Option<Expr>| argument.as_ref().is_some_and(|value| closure(value).is_some());
        if is_closure(&self.items) && self.function.is_some() && !is_closure(&self.function) {
            errors.at(&self.function, format!("the function comes first: {SHAPE}"));
            std::mem::swap(&mut self.function, &mut self.items);
        }
    }
}

/// Reports an argument that is not there, unless a mistake before it may have been meant for it.
fn report_missing(at: impl ToTokens, message: String, errors: &mut Errors) {
    if errors.count() == 0 {
        errors.at(at, message);
    }
}

/// Goes to the next option where the comma before it is missing.
fn find_option(input: ParseStream) {
    skip_punctuation(input);
    if !begins_with_a_known_option(input, Use::ParMap) {
        skip(input);
    }
}

/// Goes to the items where the comma before them is missing: what looks like the last argument is taken for them.
fn find_items(input: ParseStream) {
    skip_punctuation(input);
    let ahead = input.fork();
    let is_last = ahead.parse::<Expr>().is_ok()
        && (ahead.is_empty() || ahead.parse::<Token![,]>().is_ok())
        && (ahead.is_empty() || begins_with_a_known_option(&ahead, Use::ParMap));
    if !is_last {
        skip(input);
    }
}

fn skip_punctuation(input: ParseStream) {
    while !is_end(input) && input.fork().parse::<Punct>().is_ok() && input.parse::<Punct>().is_ok() {}
}
