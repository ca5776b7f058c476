//! Which parameter is what: options name the globals, the index and the locals, the item is the one that is left.
//!
//! Owns the mistakes in sharing out the parameters. Where there are any, the item is guessed (the first parameter that
//! is left, and that no option with a mistake mentions), so that the fallback has the driver's signature and callers
//! get no second error.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, Token, Type};

use crate::errors::Errors;
use crate::function::{Function, Parameter, is_primitive, ungrouped};
use crate::options::{Extra, Options};
use crate::visitor::impl_trait;

/// The places of a function's parameters among its inputs, by role; globals are the others.
pub(crate) struct Roles {
    pub(crate) item: usize,
    pub(crate) index: Option<usize>,
    /// Each with how its value is made.
    pub(crate) locals: Vec<(usize, Expr)>,
}

impl Roles {
    /// Whether the engine gives this parameter its value, and not the driver's caller.
    pub(crate) fn is_the_engines(&self, place: usize) -> bool {
        self.index == Some(place) || self.locals.iter().any(|(local, _)| *local == place)
    }
}

/// Finds out the role of each input of `function`, and checks on the way what only some roles can be.
pub(crate) fn assign(function: &Function, options: &Options, errors: &mut Errors) -> Option<Roles> {
    let parameters: Vec<_> = function.parameters().collect();
    if parameters.is_empty() {
        report_no_parameter(function, errors);
        return None;
    }
    let unknown = check_extras(&parameters, options, errors);
    let place =
        |name: &Ident| parameters.iter().find(|parameter| parameter.name() == Some(name)).map(|found| found.place);
    let index = options.extras.iter().find_map(|extra| match extra {
        Extra::Index(name) => place(name),
        _ => None,
    });
    let locals = options.locals().filter_map(|(name, value)| Some((place(name)?, value.clone()))).collect();
    let mut roles = Roles { item: 0, index, locals };
    roles.item = find_item(function, &roles, options, unknown, errors)?;
    let guess = Guess::new(options, unknown);
    for parameter in parameters.iter().filter(|parameter| is_unclaimed(parameter, options)) {
        if parameter.place != roles.item {
            guess.assign(parameter, &mut roles);
        }
    }
    Some(roles)
}

/// What a parameter that no option claims may be meant as, where an option has a mistake.
#[derive(Clone, Copy)]
struct Guess {
    index: bool,
    local: bool,
}

impl Guess {
    fn new(options: &Options, unknown: Unknown) -> Guess {
        Guess { index: options.index_is_unclear || unknown.index, local: options.locals_are_unclear || unknown.local }
    }

    fn fits(self, parameter: &Parameter) -> bool {
        self.is_index(parameter) || self.is_local(parameter)
    }

    fn is_index(self, parameter: &Parameter) -> bool {
        self.index && matches!(ungrouped(&parameter.written.ty), Type::Path(path) if path.path.is_ident("usize"))
    }

    fn is_local(self, parameter: &Parameter) -> bool {
        self.local && exclusive(&parameter.written.ty).is_some()
    }

    fn assign(self, parameter: &Parameter, roles: &mut Roles) {
        if self.is_index(parameter) && roles.index.is_none() {
            roles.index = Some(parameter.place);
        } else if self.is_local(parameter) {
            // How it is made is of no use to a function with a mistake.
            roles.locals.push((parameter.place, Expr::Verbatim(TokenStream::new())));
        }
    }
}

fn is_unclaimed(parameter: &Parameter, options: &Options) -> bool {
    options.extras.iter().all(|extra| extra.name().is_none() || extra.name() != parameter.name())
}

/// Which options name something that is no parameter.
#[derive(Clone, Copy, Default)]
struct Unknown {
    global: bool,
    index: bool,
    local: bool,
}

/// The item's place, the other roles known.
fn find_item(
    function: &Function,
    roles: &Roles,
    options: &Options,
    unknown: Unknown,
    errors: &mut Errors,
) -> Option<usize> {
    let parameters: Vec<_> = function.parameters().collect();
    let unclaimed: Vec<_> = parameters.iter().filter(|parameter| is_unclaimed(parameter, options)).copied().collect();
    match &unclaimed[..] {
        [] => {
            report_all_claimed(options, errors);
            // The fallback needs an item that no other role has.
            parameters.iter().map(|parameter| parameter.place).find(|place| !roles.is_the_engines(*place))
        }
        [item] => Some(item.place),
        [first, ..] => {
            // What cannot be a global is the item if anything is, unless a mistaken option claims it: the first such.
            let is_mentioned =
                |parameter: &Parameter| parameter.name().is_some_and(|name| options.mistaken_names.contains(name));
            let guess = Guess::new(options, unknown);
            let is_no_item = |parameter: &Parameter| !has_type_of_its_own(function, &parameter.written.ty);
            let unlikely = |parameter: &&Parameter| {
                (is_mentioned(parameter), guess.fits(parameter), is_no_item(parameter), can_be_global(parameter))
            };
            let likely = unclaimed.iter().min_by_key(unlikely);
            let item = likely.unwrap_or(first);
            // A misspelt global, or option `global`, leaves a parameter unclaimed too; that was reported already.
            if !(unknown.global || unknown.index || unknown.local || options.roles_are_unclear) {
                let others =
                    |parameter: &&Parameter| parameter.place != item.place && !roles.is_the_engines(parameter.place);
                let globals: Vec<_> = parameters.iter().filter(others).copied().collect();
                report_unclaimed(&unclaimed, item, &globals, errors);
            }
            Some(item.place)
        }
    }
}

/// Whether a type is neither a bare type parameter nor one that `impl` leaves open.
pub(crate) fn has_type_of_its_own(function: &Function, ty: &Type) -> bool {
    impl_trait(ty).is_none() && !is_type_parameter(function, ty)
}

/// Whether a type is nothing but one of the function's type parameters.
pub(crate) fn is_type_parameter(function: &Function, ty: &Type) -> bool {
    match ungrouped(ty) {
        Type::Path(path) if path.qself.is_none() => path
            .path
            .get_ident()
            .is_some_and(|name| function.signature.generics.type_params().any(|parameter| parameter.ident == *name)),
        _ => false,
    }
}

/// Checks every parameter that an option claims, and finds those that do not exist.
fn check_extras(parameters: &[Parameter], options: &Options, errors: &mut Errors) -> Unknown {
    let mut unknown = Unknown::default();
    for extra in &options.extras {
        let Some(name) = extra.name() else { continue };
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name() == Some(name)) else {
            match extra {
                Extra::Global(_) => unknown.global = true,
                Extra::Index(_) => unknown.index = true,
                Extra::Local(..) => unknown.local = true,
            }
            report_unknown(name, extra.option(), parameters, errors);
            continue;
        };
        match extra {
            Extra::Global(_) => check_global(name, parameter, errors),
            Extra::Index(_) => check_index(name, parameter, errors),
            Extra::Local(..) => check_local(name, parameter, errors),
        }
    }
    unknown
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

/// The compiler says of other names that they are no `usize`; of these it is certain.
fn check_index(index: &Ident, parameter: &Parameter, errors: &mut Errors) {
    let ty = &parameter.written.ty;
    let may_be_usize = match ungrouped(ty) {
        Type::Path(path) => path.path.get_ident().is_none_or(|name| name == "usize" || !is_primitive(name)),
        Type::Macro(_) => true,
        _ => false,
    };
    if !may_be_usize {
        errors.at(ty, format!("the index is the item's position: write `{index}: usize`"));
    }
}

fn check_local(local: &Ident, parameter: &Parameter, errors: &mut Errors) {
    let ty = &parameter.written.ty;
    let why = "a local is its worker's own, and lent to one item after the other";
    match ungrouped(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => match &reference.lifetime {
            Some(lifetime) if lifetime.ident != "_" => {
                errors.at(lifetime, format!("{why}: write `&mut` without a lifetime"));
            }
            _ => {
                if let Some(span) = impl_trait(ty) {
                    errors.at_span(span, "a local has one type: write it instead of `impl`");
                }
            }
        },
        Type::Reference(reference) => {
            errors.at(reference.and_token, format!("{why}: write `{local}: &mut ..`"));
        }
        other => errors.at(other, format!("{why}: write `{local}: &mut ..`")),
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

fn report_all_claimed(options: &Options, errors: &mut Errors) {
    match (&options.globals_written, options.extras.last()) {
        (Some(written), Some(Extra::Global(_))) if options.globals().count() == options.extras.len() => {
            errors.at(written, "every parameter is a global, so no item is left: leave the item out of `global`");
        }
        (_, last) => {
            let last = last.map(|extra| (extra.name(), extra.option()));
            let (name, option) = last.unwrap_or((None, "global"));
            errors
                .at(name, format!("every parameter is claimed, so no item is left: leave the item out of `{option}`"));
        }
    }
}

fn report_unknown(global: &Ident, option: &str, parameters: &[Parameter], errors: &mut Errors) {
    if global == "self" {
        return errors.at(global, format!("`self` is always shared by all items: leave it out of `{option}`"));
    }
    let names: Vec<_> = parameters.iter().filter_map(Parameter::name).map(shown).collect();
    let advice = match &names[..] {
        [] => "give the parameter a plain name".to_owned(),
        names => format!("write {}", listed(names, "or")),
    };
    errors.at(global, format!("`{global}` is not a parameter: {advice}"));
}

fn report_unclaimed(unclaimed: &[Parameter], item: &Parameter, globals: &[Parameter], errors: &mut Errors) {
    let mut surplus = unclaimed.iter().filter(|parameter| parameter.place != item.place);
    if let Some(parameter) = surplus.clone().find(|parameter| parameter.name().is_none()) {
        let why = "only one parameter can be the item, and a pattern cannot be a global";
        return errors.at(&parameter.written.pat, format!("{why}: write a plain name, and take it apart in the body"));
    }
    let globals = globals.iter().filter_map(Parameter::name).map(Ident::to_string);
    let globals = match &globals.collect::<Vec<_>>()[..] {
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
