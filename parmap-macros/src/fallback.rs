//! What stands in for the driver when there were mistakes, so that callers get no error of their own.
//!
//! Where the driver's signature makes sense it is kept, over a body that is looked at (what it uses counts as used,
//! editors keep working) but never runs. Elsewhere the function stays as the user wrote it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use crate::attribute::Annotated;
use crate::check::{can_stand_as_closure, can_stand_as_driver};
use crate::expand::closure;
use crate::signature::DriverSignature;

/// The function that was meant by `draft`, or the `original` tokens.
pub(crate) fn fallback(draft: Option<Annotated>, original: TokenStream) -> TokenStream {
    let Some(Annotated { function, options, roles }) = draft else { return original };
    if !can_stand_as_driver(&function, roles.item) {
        return original;
    }
    let signature = DriverSignature::new(&function, &roles, &options);
    // The engine gives nothing to a body that never runs.
    let locals = signature.locals.iter().map(|(parameter, _)| parameter);
    let given = signature.index.iter().chain(locals);
    let given = quote_spanned!(Span::mixed_site()=> #(#given,)*);
    let body = closure(&signature, &given, &function.block.to_token_stream());
    let body = Some(body).filter(|_| can_stand_as_closure(&function, &roles)).into_iter();
    // Without a body nothing uses them.
    let is_unused = |place| function.block.is_none() && place != roles.item && !roles.is_the_engines(place);
    let others = function.parameters().filter(|parameter| is_unused(parameter.place)).filter_map(|other| other.name());
    let (items, attributes) = (&signature.items, &function.inner_attributes);
    quote_spanned! {Span::mixed_site()=>
        #signature
        {
            #(#attributes)*
            let _ = (&#items, #(&#others,)* #(#body)*);
            loop {}
        }
    }
}
