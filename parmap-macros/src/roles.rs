//! Which parameter is what: the globals are named by an option, the item is the one that is left.
//!
//! Owns the mistakes in sharing out the parameters. Where there are any, the item is guessed (the first parameter that is
//! left), so that the fallback has the driver's signature and callers get no second error.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{PatType, Type};

use crate::errors::Errors;
use crate::function::{Function, plain_name};
use crate::options::Options;

/// Finds the item's place among the inputs of `function`, and checks the globals on the way.
pub(crate) fn assign(function: &Function, options: &Options, errors: &mut Errors) -> Option<usize> {
    let parameters: Vec<_> = function.parameters().collect();
    let Some(&(first, _)) = parameters.first() else {
        let name = &function.signature.ident;
        let message = format!("`{name}` has no item to run over: write a parameter for it, as in `{name}(item: Item)`");
        errors.at_span(function.signature.paren_token.span.join(), message);
        return None;
    };
    let all_known = check_globals(&parameters, options, errors);
    let unclaimed: Vec<_> = parameters.into_iter().filter(|(_, parameter)| !is_global(parameter, options)).collect();
    match &unclaimed[..] {
        [] => {
            let written = &options.globals_written;
            errors.at(written, "every parameter is a global, so no item is left: leave the item out of `global`");
            Some(first)
        }
        [(place, _)] => Some(*place),
        several => {
            let place = likely_item(several);
            // A misspelt global, or option `global`, leaves a parameter unclaimed too; that was reported already.
            if all_known && options.globals_are_certain {
                report_unclaimed(several, place, options, errors);
            }
            Some(place)
        }
    }
}

fn is_global(parameter: &PatType, options: &Options) -> bool {
    plain_name(parameter).is_some_and(|pattern| options.globals.contains(&pattern.ident))
}

/// Whether every name in `global` is a parameter's.
fn check_globals(parameters: &[(usize, &PatType)], options: &Options, errors: &mut Errors) -> bool {
    let mut all_known = true;
    for global in &options.globals {
        let named =
            |(_, parameter): &&(usize, &PatType)| plain_name(parameter).is_some_and(|name| name.ident == *global);
        match parameters.iter().find(named) {
            Some((_, parameter)) => check_global(global, parameter, errors),
            None => {
                all_known = false;
                report_unknown(global, parameters, errors);
            }
        }
    }
    all_known
}

fn check_global(global: &Ident, parameter: &PatType, errors: &mut Errors) {
    if let Some(mutability) = plain_name(parameter).and_then(|pattern| pattern.mutability.as_ref()) {
        errors.at(mutability, format!("all items share `{global}`, so none may change it: write it without `mut`"));
    }
    if let Some(mutability) = exclusive(&parameter.ty) {
        let advice = "write `&`, and put what changes behind a `Mutex` or an atomic";
        errors.at(mutability, format!("all items share `{global}`, so it cannot be taken by `&mut`: {advice}"));
    }
}

fn exclusive(ty: &Type) -> Option<&syn::Token![mut]> {
    match ty {
        Type::Reference(reference) => reference.mutability.as_ref(),
        Type::Group(group) => exclusive(&group.elem),
        Type::Paren(paren) => exclusive(&paren.elem),
        _ => None,
    }
}

fn report_unknown(global: &Ident, parameters: &[(usize, &PatType)], errors: &mut Errors) {
    if global == "self" {
        return errors.at(global, "`self` is always shared by all items: leave it out of `global`");
    }
    let names: Vec<_> =
        parameters.iter().filter_map(|(_, parameter)| plain_name(parameter)).map(|name| &name.ident).collect();
    let advice = match &names[..] {
        [] => "give the parameter a plain name".to_owned(),
        names => format!("write {}", listed(names, "or")),
    };
    errors.at(global, format!("`{global}` is not a parameter: {advice}"));
}

/// The parameter that is the item if any is: the one that could not be a global, else the first.
fn likely_item(unclaimed: &[(usize, &PatType)]) -> usize {
    let no_global = |(_, parameter): &&(usize, &PatType)| {
        plain_name(parameter).is_none_or(|pattern| pattern.mutability.is_some()) || exclusive(&parameter.ty).is_some()
    };
    let place = |(place, _): &(usize, &PatType)| *place;
    unclaimed.iter().find(no_global).or(unclaimed.first()).map_or(0, place)
}

fn report_unclaimed(unclaimed: &[(usize, &PatType)], item: usize, options: &Options, errors: &mut Errors) {
    let (items, surplus): (Vec<_>, Vec<_>) = unclaimed.iter().partition(|(place, _)| *place == item);
    if let Some((_, parameter)) = surplus.iter().find(|(_, parameter)| plain_name(parameter).is_none()) {
        let why = "only one parameter can be the item, and a pattern cannot be a global";
        return errors.at(&parameter.pat, format!("{why}: write a plain name, and take it apart in the body"));
    }
    let patterns: Vec<_> = unclaimed.iter().map(|(_, parameter)| &parameter.pat).collect();
    let items: String = items.iter().map(|(_, parameter)| shown(&parameter.pat)).collect();
    let surplus: Vec<_> =
        surplus.iter().filter_map(|(_, parameter)| plain_name(parameter)).map(|name| &name.ident).collect();
    let globals: Vec<_> = options.globals.iter().chain(surplus.iter().copied()).map(Ident::to_string).collect();
    let globals = match &globals[..] {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    };
    let all = listed(&patterns, "and");
    let message = format!("{all} are neither item nor global: if the item is {items}, write `global = {globals}`");
    errors.at(surplus.first(), message);
}

fn listed(names: &[impl ToTokens], conjunction: &str) -> String {
    let mut names: Vec<_> = names.iter().map(shown).collect();
    match (names.pop(), names.is_empty()) {
        (Some(last), false) => format!("{} {conjunction} {last}", names.join(", ")),
        (last, _) => last.unwrap_or_default(),
    }
}

fn shown(name: &impl ToTokens) -> String {
    format!("`{}`", name.to_token_stream())
}
