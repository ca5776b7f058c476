//! `#[parmap(..)]`, from what was written to what the compiler gets: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};

use crate::check;
use crate::errors::{self, Errors, Refusal};
use crate::expand::expand;
use crate::fallback::fallback;
use crate::function::{Function, NoFunction};
use crate::lifetimes::{self, Source};
use crate::options::{Options, Use};
use crate::roles::{self, Roles};

/// An annotated function, every parameter's role known.
pub(crate) struct Annotated {
    pub(crate) function: Function,
    pub(crate) options: Options,
    pub(crate) roles: Roles,
}

/// The attribute with the tokens `written` between its parentheses, on `annotated`.
pub(crate) fn parmap(written: TokenStream, annotated: TokenStream) -> TokenStream {
    let (error, stand_in) = match Function::parse(annotated.clone()) {
        Ok(function) => match errors::collect(|errors| Annotated::check(written, function, errors)) {
            // The compiler says best what is missing, and says it of the function as written.
            Ok(checked) if checked.result_is_unclear() => return annotated,
            Ok(checked) => return expand(&checked),
            Err(Refusal { error, draft }) => (error, fallback(draft, annotated)),
        },
        Err(NoFunction::Mistake(error)) => (error, annotated),
        Err(NoFunction::RefusedByCompiler) => return annotated,
    };
    let error = error.into_compile_error();
    quote!(#error #stand_in)
}

impl Annotated {
    fn check(written: TokenStream, function: Function, errors: &mut Errors) -> Option<Annotated> {
        let mut options = Options::of(&function);
        if let Err(error) = (|input: ParseStream| options.parse(input, Use::Attribute, errors)).parse2(written) {
            errors.push(error);
        }
        let later = &mut Errors::default();
        // Of a function without a body that is said first, and what else is wrong with it when it has one.
        let errors = if check::check_body(&function, errors) { errors } else { later };
        let roles = roles::assign(&function, &options, errors);
        check::check(&function, &mut options, roles.as_ref(), errors);
        Some(Annotated { function, options, roles: roles? })
    }

    /// Whether a lifetime elided in the result could be one of several.
    fn result_is_unclear(&self) -> bool {
        lifetimes::source_of_result(&self.function.signature, &self.roles) == Source::Unclear
    }
}
