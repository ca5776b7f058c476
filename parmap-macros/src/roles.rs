//! Which parameter is what: the globals are named by an option, the item is the one that is left.
//!
//! Owns the mistakes in sharing out the parameters. Where there are any, the item is guessed (the first parameter that
//! is left, and that no option with a mistake mentions), so that the fallback has the driver's signature and callers
//! get no second error.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Token, Type};

use crate::errors::Errors;
use crate::function::{Function, Parameter, ungrouped};
use crate::options::Options;

/// Finds the item's place among the inputs of `function`, and checks the globals on the way.
pub(crate) fn assign(function: &Function, options: &Options, errors: &mut Errors) -> Option<usize> {
    let parameters: Vec<_> = function.parameters().collect();
    let Some(first) = parameters.first() else {
        report_no_parameter(function, errors);
        return None;
    };
    let all_known = check_globals(&parameters, options, errors);
    let is_global = |parameter: &Parameter| parameter.name().is_some_and(|name| options.globals.contains(name));
    let unclaimed: Vec<_> = parameters.iter().filter(|parameter| !is_global(parameter)).copied().collect();
    match &unclaimed[..] {
        [] => {
            let written = &options.globals_written;
            errors.at(written, "every parameter is a global, so no item is left: leave the item out of `global`");
            Some(first.place)
        }
        [item] => Some(item.place),
        [first, ..] => {
            // What cannot be a global is the item if anything is, unless a mistaken option claims it: the first such.
            let is_claimed =
                |parameter: &Parameter| parameter.name().is_some_and(|name| options.mistaken_names.contains(name));
            let likely = unclaimed.iter().min_by_key(|parameter| (is_claimed(parameter), can_be_global(parameter)));
            let item = likely.unwrap_or(first);
            // A misspelt global, or option `global`, leaves a parameter unclaimed too; that was reported already.
            if all_known && options.globals_are_certain {
                report_unclaimed(&unclaimed, item, &parameters, errors);
            }
            Some(item.place)
        }
    }
}

/// Whether every name in `global` is a parameter's.
fn check_globals(parameters: &[Parameter], options: &Options, errors: &mut Errors) -> bool {
    let mut all_known = true;
    for global in &options.globals {
        match parameters.iter().find(|parameter| parameter.name() == Some(global)) {
            Some(parameter) => check_global(global, parameter, errors),
            None => {
                all_known = false;
                report_unknown(global, parameters, errors);
            }
        }
    }
    all_known
}

fn check_global(global: &Ident, parameter: &Parameter, errors: &mut Errors) {
    if let Some(mutability) = parameter.mutability() {
        errors.at(mutability, format!("all items share `{global}`, so none may change it: write it without `mut`"));
    }
    if let Some(mutability) = exclusive(&parameter.written.ty) {
        let advice = "write `&`, and put what changes behind a `Mutex` or an atomic";
        errors.at(mutability, format!("all items share `{global}`, so it cannot be taken by `&mut`: {advice}"));
    }
}

fn can_be_global(parameter: &Parameter) -> bool {
    parameter.name().is_some() && parameter.mutability().is_none() && exclusive(&parameter.written.ty).is_none()
}

/// The `mut` of `&mut T`.
pub(crate) fn exclusive(ty: &Type) -> Option<&Token![mut]> {
    match ungrouped(ty) {
        Type::Reference(reference) => reference.mutability.as_ref(),
        _ => None,
    }
}

fn report_no_parameter(function: &Function, errors: &mut Errors) {
    let signature = &function.signature;
    let receiver = if signature.inputs.is_empty() { "" } else { "&self, " };
    let name = &signature.ident;
    let advice = format!("write a parameter for it, as in `{name}({receiver}item: Item)`");
    errors.at_span(signature.paren_token.span.join(), format!("`{name}` has no item to run over: {advice}"));
}

fn report_unknown(global: &Ident, parameters: &[Parameter], errors: &mut Errors) {
    if global == "self" {
        return errors.at(global, "`self` is always shared by all items: leave it out of `global`");
    }
    let names: Vec<_> = parameters.iter().filter_map(Parameter::name).map(shown).collect();
    let advice = match &names[..] {
        [] => "give the parameter a plain name".to_owned(),
        names => format!("write {}", listed(names, "or")),
    };
    errors.at(global, format!("`{global}` is not a parameter: {advice}"));
}

fn report_unclaimed(unclaimed: &[Parameter], item: &Parameter, all: &[Parameter], errors: &mut Errors) {
    let mut surplus = unclaimed.iter().filter(|parameter| parameter.place != item.place);
    if let Some(parameter) = surplus.clone().find(|parameter| parameter.name().is_none()) {
        let why = "only one parameter can be the item, and a pattern cannot be a global";
        return errors.at(&parameter.written.pat, format!("{why}: write a plain name, and take it apart in the body"));
    }
    let globals = all.iter().filter(|parameter| parameter.place != item.place).filter_map(Parameter::name);
    let globals = match &globals.map(Ident::to_string).collect::<Vec<_>>()[..] {
        [one] => one.clone(),
        several => format!("({})", several.join(", ")),
    };
    let patterns: Vec<_> = unclaimed.iter().map(|parameter| shown(&parameter.written.pat)).collect();
    let (patterns, item) = (listed(&patterns, "and"), shown(&item.written.pat));
    let message = format!("{patterns} are neither item nor global: if the item is {item}, write `global = {globals}`");
    errors.at(surplus.next().map(|parameter| &parameter.written.pat), message);
}

fn listed(names: &[String], conjunction: &str) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {conjunction} {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn shown(name: impl ToTokens) -> String {
    format!("`{}`", name.to_token_stream())
}
