//! The elided lifetimes of a signature, and their names in the driver's.
//!
//! A driver names the types of item and result in its `where` clause, where nothing can be elided. So each lifetime elided in
//! the item's type gets a name of its own, and one elided in the result's type gets the name of the lifetime that Rust's
//! rules take it from: the one of `&self`, else the only one of the parameters. Only what is written can be seen: `&T`,
//! `'_`, not the hidden one in `Ref<T>`.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, Expr, FnArg, Lifetime, ParenthesizedGenericArguments, ReceiverKind, Signature, Type, TypeFnPtr,
};
use syn::{ReturnType, TypeReference};

/// Names the lifetimes elided in the item's type and in the result's, where both can be seen to mean a lifetime of the
/// parameters; returns the new names, to be declared.
pub(crate) fn name_elided(signature: &mut Signature, item: usize) -> Vec<Lifetime> {
    let mut fresh = Vec::new();
    if let Some(FnArg::Typed(parameter)) = signature.inputs.iter_mut().nth(item) {
        visit(&mut parameter.ty, |lifetime| {
            let number = fresh.len() + 1;
            name(lifetime, &format!("'parmap_item_{number}"), &mut fresh);
        });
    }
    let mut elided_in_result = false;
    if let ReturnType::Type(_, ty) = &mut signature.output {
        visit(ty, |lifetime| elided_in_result |= is_elided(lifetime));
    }
    if !elided_in_result {
        return fresh;
    }
    // Without a source the result stays as it is, and the compiler says that a lifetime is missing.
    let source = from_receiver(signature, &mut fresh).or_else(|| from_parameters(signature, &mut fresh));
    if let (Some(source), ReturnType::Type(_, ty)) = (source, &mut signature.output) {
        visit(ty, |lifetime| {
            if is_elided(lifetime) {
                *lifetime = Lifetime { apostrophe: lifetime.apostrophe, ident: source.ident.clone() };
            }
        });
    }
    fresh
}

/// The lifetime of `&self`, named if it was not.
fn from_receiver(signature: &mut Signature, fresh: &mut Vec<Lifetime>) -> Option<Lifetime> {
    let Some(FnArg::Receiver(receiver)) = signature.inputs.first_mut() else { return None };
    match &mut receiver.kind {
        ReceiverKind::Reference(ampersand, lifetime, _) => {
            let lifetime = lifetime.get_or_insert_with(|| anonymous(ampersand.span));
            name(lifetime, "'parmap_self", fresh);
            Some(lifetime.clone())
        }
        ReceiverKind::Typed(_, ty) => match &mut **ty {
            Type::Reference(reference) => {
                let lifetime = reference.lifetime.get_or_insert_with(|| anonymous(reference.and_token.span));
                name(lifetime, "'parmap_self", fresh);
                Some(lifetime.clone())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The only lifetime in the parameters' types, named if it was not.
fn from_parameters(signature: &mut Signature, fresh: &mut Vec<Lifetime>) -> Option<Lifetime> {
    let mut elided = 0;
    let mut named = HashSet::new();
    each_parameter(signature, |lifetime| {
        if is_elided(lifetime) {
            elided += 1;
        } else {
            named.insert(lifetime.clone());
        }
    });
    match (elided, named.len()) {
        (0, 1) => named.into_iter().next(),
        (1, 0) => {
            each_parameter(signature, |lifetime| name(lifetime, "'parmap_global", fresh));
            fresh.last().cloned()
        }
        _ => None,
    }
}

fn each_parameter(signature: &mut Signature, mut each: impl FnMut(&mut Lifetime)) {
    for input in &mut signature.inputs {
        if let FnArg::Typed(parameter) = input {
            visit(&mut parameter.ty, &mut each);
        }
    }
}

/// Gives an elided lifetime a name that no user writes.
fn name(lifetime: &mut Lifetime, name: &str, fresh: &mut Vec<Lifetime>) {
    if is_elided(lifetime) {
        *lifetime = Lifetime::new(name, Span::mixed_site().located_at(lifetime.ident.span()));
        fresh.push(lifetime.clone());
    }
}

fn is_elided(lifetime: &Lifetime) -> bool {
    lifetime.ident == "_"
}

fn anonymous(span: Span) -> Lifetime {
    Lifetime::new("'_", span)
}

/// Calls `each` on every lifetime of a type, on the one left out of `&T` as `'_`; not on those of `fn`, `Fn(..)` and
/// `for<'a>` types, which are scopes of their own.
fn visit(ty: &mut Type, each: impl FnMut(&mut Lifetime)) {
    Lifetimes { each, bound: Vec::new() }.visit_type_mut(ty);
}

struct Lifetimes<F> {
    each: F,
    /// Those that a `for<..>` further out declares.
    bound: Vec<Lifetime>,
}

impl<F: FnMut(&mut Lifetime)> VisitMut for Lifetimes<F> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        let left_out = reference.lifetime.is_none();
        reference.lifetime.get_or_insert_with(|| anonymous(reference.and_token.span));
        visit_mut::visit_type_reference_mut(self, reference);
        if left_out && reference.lifetime.as_ref().is_some_and(is_elided) {
            reference.lifetime = None;
        }
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if !self.bound.contains(lifetime) {
            (self.each)(lifetime);
        }
    }

    fn visit_bound_lifetimes_mut(&mut self, binder: &mut BoundLifetimes) {
        self.bound.extend(binder.lifetimes.iter().filter_map(|parameter| match parameter {
            syn::GenericParam::Lifetime(parameter) => Some(parameter.lifetime.clone()),
            _ => None,
        }));
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
