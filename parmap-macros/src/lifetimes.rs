//! The elided lifetimes of the item's type, and their names in the driver's signature.
//!
//! A driver names the item's type in a bound of its own, where nothing can be elided: each lifetime elided in it gets a
//! name of its own, and so does one of the result that Rust's rules take from the item. A lifetime that the result
//! takes from `&self` or a global stays elided, as both stay parameters. Only what is written can be seen: `&T`, `'_`,
//! not the hidden one in `Ref<T>`.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::{FnArg, Lifetime, ReceiverKind, ReturnType, Signature, Type};

use crate::function::ungrouped;
use crate::roles::Roles;
use crate::visitor::{each_lifetime, is_elided};

/// Names the lifetimes elided in the type of the item, and in the result if it takes them from there; returns the new
/// names, to be declared.
pub(crate) fn name_elided(signature: &mut Signature, roles: &Roles) -> Vec<Lifetime> {
    let source = source_of_result(signature, roles);
    let mut fresh = Vec::new();
    let mut last = None;
    if let Some(FnArg::Typed(parameter)) = signature.inputs.iter_mut().nth(roles.item) {
        each_lifetime(&mut parameter.ty, |lifetime| {
            if is_elided(lifetime) {
                let span = Span::mixed_site().located_at(lifetime.ident.span());
                *lifetime = Lifetime::new(&format!("'parmap_item_{}", fresh.len() + 1), span);
                fresh.push(lifetime.clone());
            }
            last = Some(lifetime.clone());
        });
    }
    let from = match source {
        Source::Item => last,
        // A mistake, which was reported; so that the driver's signature has no other.
        Source::Local(_) => Some(Lifetime::new("'static", Span::mixed_site())),
        Source::Others | Source::Unclear => None,
    };
    if let (Some(from), ReturnType::Type(_, ty)) = (from, &mut signature.output) {
        each_lifetime(ty, |lifetime| {
            if is_elided(lifetime) {
                lifetime.ident = from.ident.clone();
            }
        });
    }
    fresh
}

/// Where the lifetimes elided in a result come from.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Source {
    /// The one lifetime in the item's type, which is the only one in the parameters.
    Item,
    /// The driver's own parameters, if anywhere: Rust's rules hold as they are.
    Others,
    /// The one lifetime in the type of this input, which is a local and no parameter of the driver.
    Local(usize),
    /// One of several lifetimes, which the compiler refuses to choose from.
    Unclear,
}

/// Where the lifetimes elided in the result of `signature`, if any, come from.
pub(crate) fn source_of_result(signature: &Signature, roles: &Roles) -> Source {
    let mut signature = signature.clone();
    let mut elided_in_result = false;
    if let ReturnType::Type(_, ty) = &mut signature.output {
        each_lifetime(ty, |lifetime| elided_in_result |= is_elided(lifetime));
    }
    if !elided_in_result || takes_self_by_reference(&signature) {
        return Source::Others;
    }
    let (mut in_item, mut in_globals, mut in_locals, mut local) = (0, 0, 0, None);
    for (place, input) in signature.inputs.iter_mut().enumerate() {
        let FnArg::Typed(parameter) = input else { continue };
        let found = count(&mut parameter.ty);
        if place == roles.item {
            in_item += found;
        } else if roles.is_the_engines(place) {
            in_locals += found;
            local = local.or(Some(place).filter(|_| found > 0));
        } else {
            in_globals += found;
        }
    }
    match (in_item, in_globals, in_locals, local) {
        (0, _, 0, _) => Source::Others,
        (1, 0, 0, _) => Source::Item,
        (0, 0, 1, Some(place)) => Source::Local(place),
        _ => Source::Unclear,
    }
}

/// How many lifetimes Rust's rules see in the type of a parameter: each elided one, and each name once.
fn count(ty: &mut Type) -> usize {
    let (mut elided, mut named) = (0, HashSet::new());
    each_lifetime(ty, |lifetime| {
        if is_elided(lifetime) {
            elided += 1;
        } else {
            named.insert(lifetime.clone());
        }
    });
    elided + named.len()
}

fn takes_self_by_reference(signature: &Signature) -> bool {
    signature.receiver().is_some_and(|receiver| match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => matches!(ungrouped(ty), Type::Reference(_)),
        _ => false,
    })
}
