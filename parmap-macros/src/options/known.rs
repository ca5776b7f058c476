//! The names of all options: one table for all macros.

use proc_macro2::Ident;

use super::Use;

/// How the value of an option is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In an attribute one name of a parameter, elsewhere one expression; several stand in parentheses.
    Globals,
    /// A number that the engine takes under the option's own name; 0 makes no sense.
    Count,
    /// A plain name.
    Index,
    /// In parentheses behind the name, each with its initial value.
    Locals,
    /// The name alone.
    Try,
    /// The name of a reduction, or an identity and a function.
    Reduce,
    /// An initial value and a function.
    Fold,
    /// A place for the results.
    Into,
    /// The path under which the expansion finds parmap.
    Crate,
}

/// An option: its name, how its value is read, and an example for messages.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) example: &'static str,
}

const fn known(name: &'static str, kind: Kind, example: &'static str) -> Known {
    Known { name, kind, example }
}

const KNOWN: [Known; 10] = [
    known("global", Kind::Globals, "global = data"),
    known("chunksize", Kind::Count, "chunksize = 25"),
    known("processes", Kind::Count, "processes = 4"),
    known("index", Kind::Index, "index = i"),
    known("local", Kind::Locals, "local(buf = Vec::new())"),
    known("try", Kind::Try, "try"),
    known("reduce", Kind::Reduce, "reduce = sum"),
    known("fold", Kind::Fold, "fold = (0, |acc, x| acc + x)"),
    known("into", Kind::Into, "into = &mut out"),
    known("crate", Kind::Crate, "crate = ::parmap"),
];

impl Known {
    /// The option called `name`, whether or not this macro takes it.
    pub(super) fn find(name: &Ident) -> Option<&'static Known> {
        KNOWN.iter().find(|known| name == known.name)
    }

    /// Whether the macro takes this option.
    pub(super) fn is_for(&self, used: Use) -> bool {
        match used {
            // The results of one item and of many have one place to go to: the caller's.
            Use::Attribute(_) => self.kind != Kind::Into,
            Use::ParMap => true,
        }
    }

    /// The example, as it is written in this macro.
    pub(super) fn example(&self, used: Use) -> &'static str {
        match (used, self.kind) {
            (Use::ParMap, Kind::Globals) => "global = &data",
            _ => self.example,
        }
    }

    fn shape(&self) -> String {
        match self.kind {
            Kind::Try => format!("`{}`", self.name),
            Kind::Locals => format!("`{}(..)`", self.name),
            _ => format!("`{} = ..`", self.name),
        }
    }
}

/// The options that a macro takes, as a message lists them.
pub(super) fn list(used: Use) -> String {
    let shapes: Vec<_> = KNOWN.iter().filter(|known| known.is_for(used)).map(Known::shape).collect();
    match shapes.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => shapes.concat(),
    }
}
