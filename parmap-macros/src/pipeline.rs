//! `pipeline!(source, stage, .., end, ..)`, from what was written to what the compiler gets: parse, check, expand.
//!
//! What a stage or an end is, and what stands in one, is for `parts` to say; here is what order they stand in.

mod expand;
mod fallback;
mod parts;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Token, parenthesized, token};

use self::expand::{Pipeline, expand};
use self::fallback::fallback;
use self::parts::{Kind, Part};
use crate::errors::{self, Errors, Refusal};
use crate::options::{
    Options, Use, begins_with_a_known_option, begins_with_an_option, closure, is_end, is_equals, next,
    parse_expression, skip,
};

const SHAPE: &str = "write `pipeline!(items, par(f), collect())`";
const NOTHING: &str = "nothing to run: write `pipeline!(items, par(f), collect())`";

/// As much as could be read of a call.
#[derive(Default)]
struct Call {
    source: Option<Expr>,
    /// The stages and ends, in the order written.
    parts: Vec<Part>,
    /// How many parts stand before the first argument that is none of those there are: behind it nobody knows the items.
    known: Option<usize>,
    /// What was written in such arguments.
    others: Vec<Expr>,
    /// The options that stand before an end.
    early: Vec<Ident>,
    options: Options,
}

/// The macro with the tokens `written` between its parentheses.
pub(crate) fn pipeline(written: TokenStream) -> TokenStream {
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
    match (parsed, call.whole()) {
        (Ok(()), Some(pipeline)) => expand(&pipeline),
        (Ok(()), None) => fallback(Error::new(Span::call_site(), NOTHING), &call),
        (Err(Refusal { error, .. }), _) => fallback(error, &call),
    }
}

impl Call {
    /// What is to run, if everything that it takes was read.
    fn whole(&self) -> Option<Pipeline<'_>> {
        let (end, stages) = self.parts.split_last()?;
        Some(Pipeline {
            source: self.source.as_ref()?,
            stages: stages.iter().map(Part::stage).collect::<Option<_>>()?,
            end: end.end()?,
            options: &self.options,
        })
    }

    /// The parts of which it is known what items come to them.
    fn known_parts(&self) -> &[Part] {
        &self.parts[..self.known.unwrap_or(self.parts.len())]
    }

    /// Whether a `try` stands where it makes no sense: nobody knows which function it was meant for.
    fn tries_are_unclear(&self) -> bool {
        let is_misplaced = |part: &Part| part.kind == Kind::End && part.end().is_none() && part.options.tries.is_some();
        self.options.tries.is_some() || self.parts.iter().any(is_misplaced)
    }

    /// Reads what was written; after a mistake reading goes on with the next argument.
    fn parse(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        if input.is_empty() {
            return Err(Error::new(Span::call_site(), NOTHING));
        }
        self.parse_source(input, errors)?;
        while !input.is_empty() {
            self.parse_argument(input, errors)?;
        }
        self.check_order(errors);
        Ok(())
    }

    /// Reads the source, and the comma behind it.
    fn parse_source(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        let instead = begins_with_an_option(input, Use::Pipeline).or_else(|| begins_with_a_part(input));
        if let Some(name) = instead {
            errors.at(name, format!("no source before this: {SHAPE}"));
        }
        while begins_with_an_option(input, Use::Pipeline).is_some() {
            self.options.parse_next(input, Use::Pipeline, errors)?;
        }
        if input.is_empty() || begins_with_a_part(input).is_some() {
            return Ok(());
        }
        if is_end(input) {
            errors.at(next(input), format!("expected the source: {SHAPE}"));
            return separator(input, errors);
        }
        match parse_expression(input) {
            Ok(source) => self.source = Some(source),
            Err(error) => {
                errors.push(error);
                skip(input);
            }
        }
        separator(input, errors)
    }

    /// Reads a stage, an end or an option, and the comma behind it.
    fn parse_argument(&mut self, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
        let ahead = input.fork();
        let name = ahead.call(Ident::parse_any).ok();
        if let Some(known) = name.as_ref().and_then(parts::find) {
            self.parts.push(Part::parse(known, input, errors)?);
            return separator(input, errors);
        }
        let advice = name.as_ref().filter(|_| is_call(&ahead)).and_then(parts::advice);
        let is_option = begins_with_a_known_option(input, Use::Pipeline) || (name.is_some() && is_equals(&ahead));
        let has_end = self.parts.iter().any(|part| part.kind == Kind::End);
        if advice.is_none() && (is_option || has_end) {
            let mistakes = errors.count();
            self.options.parse_next(input, Use::Pipeline, errors)?;
            // One with a mistake may belong somewhere else.
            self.early.extend(name.filter(|_| !has_end && errors.count() == mistakes));
            return Ok(());
        }
        self.known.get_or_insert(self.parts.len());
        match (name, advice) {
            (Some(name), advice) if is_call(&ahead) => {
                let advice = advice.unwrap_or_else(parts::list);
                errors.at(&name, format!("unknown stage `{name}`: write {advice}"));
                self.parse_unknown(input)?;
            }
            _ => self.parse_other(input, errors),
        }
        separator(input, errors)
    }

    /// Reads what stands in a stage that does not exist.
    fn parse_unknown(&mut self, input: ParseStream) -> syn::Result<()> {
        let content;
        let _ = input.call(Ident::parse_any)?;
        let _ = parenthesized!(content in input);
        self.others.extend(parse_expression(&content).ok());
        content.parse::<TokenStream>().map(drop)
    }

    /// Reads what is neither a stage nor an end.
    fn parse_other(&mut self, input: ParseStream, errors: &mut Errors) {
        let first = next(input);
        match parse_expression(input) {
            Ok(function) if is_end(input) && (closure(&function).is_some() || matches!(function, Expr::Path(_))) => {
                let advice = "write `par(f)`, or `serial(f)` to run it one item at a time in order";
                errors.at(&function, format!("a function stands in a stage: {advice}"));
                self.others.push(function);
            }
            other => {
                errors.at(first, format!("expected a stage or an end: write {}", parts::list()));
                self.others.extend(other);
                skip(input);
            }
        }
    }

    /// Reports stages, ends and options that stand in the wrong order.
    fn check_order(&self, errors: &mut Errors) {
        let is_end = |part: &Part| part.kind == Kind::End;
        let Some(first_end) = self.parts.iter().position(is_end) else { return self.check_end(errors) };
        let last = |ends: bool| self.parts.iter().rposition(|part| is_end(part) == ends);
        let (last_end, last_stage) = (last(true), last(false));
        let end = &self.parts[first_end].name;
        for (place, Part { name, .. }) in self.parts.iter().enumerate().filter(|(_, part)| is_end(part)) {
            if Some(place) < last_stage && last_stage < last_end {
                errors.at(name, format!("the end `{name}` stands before a stage: leave it out, as an end comes last"));
            } else if place > first_end && Some(first_end) > last_stage {
                errors.at(name, format!("a pipeline has one end: leave out `{end}` or `{name}`"));
            }
        }
        let behind = self.parts[first_end..].iter().find(|part| !is_end(part) && last_end < last_stage);
        if let Some(Part { name, .. }) = behind {
            errors.at(name, format!("stage `{name}` stands behind the end: write it before `{end}`"));
        }
        for name in &self.early {
            errors.at(name, format!("option `{name}` stands before the end: write it behind `{end}`"));
        }
    }

    /// Reports that there is no end.
    fn check_end(&self, errors: &mut Errors) {
        if self.known == Some(self.parts.len()) {
            // What cannot be read there may be one.
            return;
        }
        if self.parts.last().is_some_and(Part::is_cut_short) {
            // Who is not done with the last stage has not come to the end.
            return;
        }
        let advice = format!("write {}", parts::ends());
        match (self.early.first(), self.parts.last(), &self.source) {
            (Some(option), ..) => errors.at(option, format!("no end before the options: {advice}")),
            (None, Some(Part { name, .. }), _) => errors.at(name, format!("no end behind this stage: {advice}")),
            (None, None, Some(source)) => errors.at(source, format!("no end behind the source: {advice}")),
            (None, None, None) => {}
        }
    }
}

/// The name of a stage or an end with its parentheses, if that is all that the next argument is.
fn begins_with_a_part(input: ParseStream) -> Option<Ident> {
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any).ok()?;
    (parts::find(&name).is_some() && is_call(&ahead)).then_some(name)
}

/// Whether parentheses follow, and then nothing more in this argument.
fn is_call(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.peek(token::Paren) && ahead.parse::<TokenTree>().is_ok() && is_end(&ahead)
}

/// Reads the comma between two arguments. Where it is missing, what looks like the next argument is taken for that.
fn separator(input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if !is_end(input) {
        errors.at(next(input), "expected `,`: write a comma between two arguments");
        while !is_end(input) && input.fork().parse::<proc_macro2::Punct>().is_ok() {
            let _: TokenTree = input.parse()?;
        }
        let ahead = input.fork();
        let is_next = ahead.call(Ident::parse_any).is_ok_and(|name| parts::find(&name).is_some())
            || begins_with_a_known_option(input, Use::Pipeline);
        if !is_next {
            skip(input);
        }
    }
    input.parse::<Option<Token![,]>>().map(drop)
}
