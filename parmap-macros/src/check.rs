//! What a function must be like for a driver to exist: the refusals that look at its form, each at the wrong token.
//!
//! Which parameter is the item is decided in `roles`.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{FnArg, Receiver, ReceiverKind, Safety, Type, Visibility};

use crate::errors::Errors;
use crate::function::{Function, Parameter, is_primitive, ungrouped};
use crate::lifetimes::{self, Source};
use crate::options::{End, Options, names_in};
use crate::roles::{Roles, exclusive, has_type_of_its_own, is_type_parameter};
use crate::visitor::impl_trait;

/// Reports what stands in the way of a driver for `function`, whose parameters have these `roles` if there is an item.
pub(crate) fn check(function: &Function, options: &mut Options, roles: Option<&Roles>, errors: &mut Errors) {
    check_qualifiers(function, errors);
    if let Some(FnArg::Receiver(receiver)) = function.signature.inputs.first() {
        check_receiver(receiver, errors);
    }
    if let Some(span) = function.result().and_then(impl_trait) {
        errors.at_span(span, "results are collected, which takes a type with a name: write it instead of `impl`");
    }
    if let Some(ty) = item_type(function, roles.map(|roles| roles.item)) {
        check_item(function, ty, errors);
    }
    check_use_of_results(function, options, errors);
    if let Some(roles) = roles {
        check_source_of_result(function, roles, errors);
    }
}

/// Reports that there is no body, and returns whether there is one.
pub(crate) fn check_body(function: &Function, errors: &mut Errors) -> bool {
    if function.block.is_none() {
        let advice = if may_be_a_traits(function) && mentions_self(function) {
            "write `#[parmap]` on a function that has one, and call that from the trait's methods"
        } else if may_be_declared(function) {
            "write it behind the signature, or `#[parmap]` on a function that calls this one"
        } else {
            "write it behind the signature"
        };
        errors.at(&function.signature.ident, format!("there is no body to run here: {advice}"));
    }
    function.block.is_some()
}

/// Whether a function without a body may be one that a trait or an `extern` block declares, where none can stand. The
/// same tokens between other functions are one whose body was forgotten, of which the compiler speaks as well: what can be
/// nothing else gets a body.
fn may_be_declared(function: &Function) -> bool {
    may_be_a_traits(function) || may_be_foreign(function)
}

fn may_be_a_traits(function: &Function) -> bool {
    let is_whole = function.semicolon.is_some() || mentions_self(function);
    function.block.is_none() && is_whole && matches!(function.visibility, Visibility::Inherited)
}

fn mentions_self(function: &Function) -> bool {
    names_in(function.signature.to_token_stream()).iter().any(|name| name == "self" || name == "Self")
}

/// Whether it is declared as the functions of other languages are: without generics, of types that such languages have.
fn may_be_foreign(function: &Function) -> bool {
    let is_foreign = |ty: &Type| match ungrouped(ty) {
        Type::Path(path) => path.path.segments.iter().all(|segment| segment.arguments.is_none()),
        Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        _ => false,
    };
    function.semicolon.is_some()
        && !mentions_self(function)
        && function.signature.generics.params.is_empty()
        && function.parameters().all(|parameter| is_foreign(&parameter.written.ty))
        && function.result().is_none_or(is_foreign)
}

/// Whether the function can stand as a driver in spite of its mistakes, so that its callers may pass one item or many.
///
/// An ABI is only left out: Rust calls a driver just as well. A `const` or `async` function is called where no driver
/// can be, items or results without a type of their own leave nothing to write in the driver's signature, and what a trait
/// or an `extern` block declares is called as what it stands for.
pub(crate) fn can_stand_as_driver(function: &Function, item: usize) -> bool {
    let signature = &function.signature;
    let plain = signature.constness.is_none() && signature.asyncness.is_none() && signature.variadic.is_none();
    let named = |ty: &Type| has_type_of_its_own(function, ty);
    plain
        && !may_be_declared(function)
        && item_type(function, Some(item)).is_some_and(named)
        && function.result().and_then(impl_trait).is_none()
}

/// Whether the body can be looked at in a closure with the parameters' own types, by itself.
pub(crate) fn can_stand_as_closure(function: &Function, roles: &Roles) -> bool {
    let borrows = matches!(lifetimes::source_of_result(&function.signature, roles), Source::Local(_));
    let has_impl =
        |parameter: Parameter| roles.is_the_engines(parameter.place) && impl_trait(&parameter.written.ty).is_some();
    function.block.is_some() && !borrows && !function.parameters().any(has_impl)
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

/// Reports options that do something with results, on a function that has none.
fn check_use_of_results(function: &Function, options: &mut Options, errors: &mut Errors) {
    if let (Some(_), Some(result)) = (&options.tries, function.result().filter(|ty| cannot_fail(ty))) {
        options.tries = None;
        errors
            .at(result, "`try` is for functions that can fail: write `Result<..>` or `Option<..>`, or leave `try` out");
    }
    if let (Some((_, End::Named(name))), Some(float)) = (&options.end, function.result().and_then(float)) {
        let identity = match name.to_string().as_str() {
            "min" => Some("INFINITY"),
            "max" => Some("NEG_INFINITY"),
            _ => None,
        };
        if let Some(identity) = identity {
            let advice = format!("write `reduce = ({float}::{identity}, {float}::{name})`");
            errors.at(name, format!("floats have no order: {advice}"));
        }
    }
    if function.result().is_none() {
        if let Some(tries) = &options.tries {
            let advice = "write its `-> Result<..>` or `-> Option<..>`, or leave the option out";
            errors.at(tries, format!("`try` is for functions that can fail, and this one returns nothing: {advice}"));
        }
        if let Some((name, _)) = &options.end {
            let advice = "write its `-> ..`, or leave the option out";
            errors.at(name, format!("`{name}` is for functions with a result, and this one returns nothing: {advice}"));
        }
    }
}

/// The name of a type that is `f32` or `f64`.
fn float(ty: &Type) -> Option<&Ident> {
    match ungrouped(ty) {
        Type::Path(path) => path.path.get_ident().filter(|name| *name == "f32" || *name == "f64"),
        _ => None,
    }
}

/// Whether a type is neither `Result` nor `Option` under any name.
fn cannot_fail(ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Path(path) => path.path.get_ident().is_some_and(is_primitive),
        Type::Reference(_) | Type::Tuple(_) | Type::Array(_) | Type::Ptr(_) | Type::FnPtr(_) => true,
        _ => false,
    }
}

/// Reports a result that borrows from a local.
fn check_source_of_result(function: &Function, roles: &Roles, errors: &mut Errors) {
    if let Source::Local(place) = lifetimes::source_of_result(&function.signature, roles) {
        let local = function.parameters().find(|parameter| parameter.place == place);
        let local = local.and_then(|parameter| parameter.name()).map(ToString::to_string).unwrap_or_default();
        let why = format!("a result outlives the items, and cannot borrow from the local `{local}`");
        errors.at(function.result(), format!("{why}: write a type that owns what it holds"));
    }
}

fn item_type(function: &Function, item: Option<usize>) -> Option<&Type> {
    match function.signature.inputs.iter().nth(item?)? {
        FnArg::Typed(parameter) => Some(&parameter.ty),
        FnArg::Receiver(_) => None,
    }
}
