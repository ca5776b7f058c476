//! What a function must be like for a driver to exist: the refusals that look at its form, each at the wrong token.
//!
//! Which parameter is the item is decided in `roles`.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, Receiver, ReceiverKind, ReturnType, Safety, Type, TypeImplTrait};

use crate::errors::Errors;
use crate::function::{Function, ungrouped};
use crate::roles::exclusive;

/// Reports what stands in the way of a driver for `function`, whose item is at `item` if it has one.
pub(crate) fn check(function: &Function, item: Option<usize>, errors: &mut Errors) {
    check_qualifiers(function, errors);
    if let Some(FnArg::Receiver(receiver)) = function.signature.inputs.first() {
        check_receiver(receiver, errors);
    }
    if let Some(span) = result(function).and_then(impl_trait) {
        errors.at_span(span, "results are collected, which takes a type with a name: write it instead of `impl`");
    }
    if let Some(ty) = item_type(function, item) {
        check_item(function, ty, errors);
    }
}

/// Whether the function can stand as a driver in spite of its mistakes, so that its callers may pass one item or many.
///
/// An ABI is only left out: Rust calls a driver just as well. A `const` or `async` function is called where no driver
/// can be, and items or results without a type of their own leave nothing to write in the driver's signature.
pub(crate) fn can_stand_as_driver(function: &Function, item: usize) -> bool {
    let signature = &function.signature;
    let plain = signature.constness.is_none() && signature.asyncness.is_none() && signature.variadic.is_none();
    let named = |ty: &Type| impl_trait(ty).is_none() && !is_type_parameter(function, ty);
    plain && item_type(function, Some(item)).is_some_and(named) && result(function).and_then(impl_trait).is_none()
}

fn check_qualifiers(function: &Function, errors: &mut Errors) {
    let signature = &function.signature;
    if let Some(constness) = &signature.constness {
        errors.at(constness, "no thread runs at compile time: write it without `const`");
    }
    if let Some(asyncness) = &signature.asyncness {
        errors.at(asyncness, "workers run plain functions: write it without `async`");
    }
    match &signature.safety {
        Safety::Unsafe(token) => {
            errors.at(
                token,
                "no caller can vouch for every item of a collection: write a safe `fn`, with `unsafe` inside",
            );
        }
        Safety::Safe(token) => errors.at(token, "`safe` is for `extern` blocks: write it without `safe`"),
        Safety::Default => {}
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            "other languages cannot call a generic function: write a plain `fn`, and call it from the `extern` one",
        );
    } else if let Some(variadic) = &signature.variadic {
        errors.at(variadic.dots, "a driver has a fixed number of parameters: write them instead of `...`");
    }
}

fn check_receiver(receiver: &Receiver, errors: &mut Errors) {
    const SHARED: &str = "all items share the receiver";
    let by_mut = match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.as_ref(),
        ReceiverKind::Typed(_, ty) => exclusive(ty),
        _ => None,
    };
    if let Some(mutability) = by_mut {
        return errors.at(mutability, format!("{SHARED}, so it cannot be taken by `&mut`: write `&self`"));
    }
    match (&receiver.kind, &receiver.mutability) {
        (ReceiverKind::Reference(..), _) => {}
        (ReceiverKind::Typed(_, ty), mutability) if matches!(ungrouped(ty), Type::Reference(_)) => {
            if let Some(mutability) = mutability {
                errors.at(mutability, format!("{SHARED}, so none may change it: write it without `mut`"));
            }
        }
        (ReceiverKind::Typed(_, ty), _) => errors.at(ty, format!("{SHARED}, so it is borrowed: write `&self`")),
        _ => errors.at(receiver.self_token, format!("{SHARED}, so it cannot be taken by value: write `&self`")),
    }
}

fn check_item(function: &Function, ty: &Type, errors: &mut Errors) {
    const WHY: &str = "an item is told from a collection by its type";
    if is_type_parameter(function, ty) {
        errors.at(ty, format!("{WHY}, and a type parameter could be either: write a concrete type"));
    } else if let Some(span) = impl_trait(ty) {
        errors.at_span(span, format!("{WHY}, and `impl` could be either: write a concrete type"));
    }
}

fn item_type(function: &Function, item: Option<usize>) -> Option<&Type> {
    match function.signature.inputs.iter().nth(item?)? {
        FnArg::Typed(parameter) => Some(&parameter.ty),
        FnArg::Receiver(_) => None,
    }
}

fn result(function: &Function) -> Option<&Type> {
    match &function.signature.output {
        ReturnType::Type(_, ty) => Some(ty),
        ReturnType::Default => None,
    }
}

fn is_type_parameter(function: &Function, ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Path(path) if path.qself.is_none() => path
            .path
            .get_ident()
            .is_some_and(|name| function.signature.generics.type_params().any(|parameter| parameter.ident == *name)),
        _ => false,
    }
}

/// Where `impl Trait` first stands in a type.
fn impl_trait(ty: &Type) -> Option<Span> {
    struct Search(Option<Span>);
    impl VisitMut for Search {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            self.0.get_or_insert(ty.impl_token.span());
            visit_mut::visit_type_impl_trait_mut(self, ty);
        }
    }
    let mut search = Search(None);
    // The mutable visitor serves for the lifetimes as well; a second one would only cost compile time.
    search.visit_type_mut(&mut ty.clone());
    search.0
}
