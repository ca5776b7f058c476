//! The forms that a call can have: what is written, and what the plain loop gives.

mod annotated;
mod droppable;
mod in_place;
mod maps;
mod pure;
mod sources;
mod streams;
mod tried;

use std::fmt;

use super::probe::Probe;

/// How many items a form can have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Length {
    Any,
    AtMost(u64),
    Exactly(u64),
}

/// One way to write a call.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) length: Length,
    /// Whether its functions can return errors.
    pub(crate) tries: bool,
    /// Whether its items are those of the probe, each evaluated once. The others are checked by their results alone.
    pub(crate) visits: bool,
    /// Makes the call and checks it.
    pub(crate) run: fn(&Probe<'_>),
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Forms, each as `name: how |probe| call, value;`. `how` is the probe's method that makes the call; `value` what the
/// plain loop gives. `name(length)` where not any number of items will do.
macro_rules! forms {
    ($($name:ident $(($length:expr))?: $how:ident |$p:ident| $call:expr, $value:expr;)*) => {
        $(
            fn $name($p: &Probe<'_>) {
                let got = $p.$how(|| $call);
                $p.settle(got, || $value);
            }
        )*
        pub(in crate::soak::forms) const FORMS: &[Form] = &[$(form!($name $(($length))?: $how)),*];
    };
}

/// A form whose function checks it itself.
macro_rules! form {
    ($name:ident: $how:ident) => {
        form!($name($crate::soak::forms::Length::Any): $how)
    };
    ($name:ident($length:expr): $how:ident) => {
        Form {
            name: concat!(module_path!(), "::", stringify!($name)),
            length: $length,
            tries: form!(@tries $how),
            visits: form!(@visits $how),
            run: $name,
        }
    };
    (@tries plain) => { false };
    (@tries pure) => { false };
    (@tries $how:ident) => { true };
    (@visits pure) => { false };
    (@visits $how:ident) => { true };
}

use {form, forms};

impl Form {
    /// `maps::vector`.
    pub(crate) fn title(&self) -> &'static str {
        self.name.split_once("forms::").map_or(self.name, |(_, title)| title)
    }

    /// `maps`.
    pub(crate) fn group(&self) -> &'static str {
        self.title().split("::").next().unwrap_or_default()
    }
}

/// All of them, one after another.
pub(crate) fn all() -> impl Iterator<Item = &'static Form> + Clone {
    FORMS.into_iter().flatten()
}

/// All of them.
const FORMS: [&[Form]; 11] = [
    maps::FORMS,
    tried::FORMS,
    annotated::FORMS,
    sources::FORMS,
    in_place::FORMS,
    in_place::told::FORMS,
    droppable::FORMS,
    pure::FORMS,
    streams::FORMS,
    streams::MORE[0],
    streams::MORE[1],
];
