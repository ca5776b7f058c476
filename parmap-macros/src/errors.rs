//! The mistakes of one use of a macro, collected so that all of them are reported together.
//!
//! [`collect`] is the only way to get an [`Errors`], and it looks into it before it gives out what the stages made: no
//! caller can forget to check. What was made in spite of the mistakes is kept as a draft, for the fallback.

use proc_macro2::Span;
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Option<Error>,
    count: usize,
}

impl Errors {
    /// Reports a mistake, underlined from the first to the last of `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.push(Error::new_spanned(tokens, message.into()));
    }

    /// Reports a mistake at a span, for what has no tokens of its own.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Into<String>) {
        self.push(Error::new(span, message.into()));
    }

    /// Reports a mistake that syn found.
    pub(crate) fn push(&mut self, error: Error) {
        self.count += 1;
        match &mut self.all {
            Some(first) => first.combine(error),
            None => self.all = Some(error),
        }
    }

    /// How many there are: more than before if there was one in between.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}

/// What is left when there were mistakes.
pub(crate) struct Refusal<T> {
    pub(crate) error: Error,
    /// As much as could be made of the input.
    pub(crate) draft: Option<T>,
}

/// Runs the stages that can find mistakes; what they make is good only if they found none.
pub(crate) fn collect<T>(stages: impl FnOnce(&mut Errors) -> Option<T>) -> Result<T, Refusal<T>> {
    let mut errors = Errors::default();
    let made = stages(&mut errors);
    match (made, errors.all) {
        (Some(made), None) => Ok(made),
        (draft, Some(error)) => Err(Refusal { error, draft }),
        (None, None) => {
            let error = Error::new(Span::call_site(), "no item found: write a function with one parameter");
            Err(Refusal { error, draft: None })
        }
    }
}
