//! `#[parmap(..)]`, from what was written to what the compiler gets: parse, check, expand.

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::{self, Errors, Refusal};
use crate::expand::expand;
use crate::fallback::fallback;
use crate::function::Function;
use crate::options::Options;
use crate::{check, roles};

/// An annotated function, every parameter's role known.
pub(crate) struct Annotated {
    pub(crate) function: Function,
    pub(crate) options: Options,
    /// The item's place among the function's inputs.
    pub(crate) item: usize,
}

/// The attribute with the tokens `written` between its parentheses, on `annotated`.
pub(crate) fn parmap(written: TokenStream, annotated: TokenStream) -> TokenStream {
    let original = annotated.clone();
    match errors::collect(|errors| Annotated::parse(written, annotated, errors)) {
        Ok(annotated) => expand(&annotated),
        Err(Refusal { error, draft }) => {
            let error = error.into_compile_error();
            let function = fallback(draft, original);
            quote!(#error #function)
        }
    }
}

impl Annotated {
    fn parse(written: TokenStream, annotated: TokenStream, errors: &mut Errors) -> Option<Annotated> {
        let function = match Function::parse(annotated) {
            Ok(function) => function,
            Err(error) => {
                errors.push(error);
                return None;
            }
        };
        let options = Options::parse(written, errors);
        let item = roles::assign(&function, &options, errors);
        check::check(&function, item, errors);
        Some(Annotated { function, options, item: item? })
    }
}
