//! The names of all options, and where each may stand: one table for all macros.

use proc_macro2::Ident;

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
    /// A number that is a type argument; 0 makes no sense.
    InFlight,
    /// The name alone, or a text.
    Progress,
    /// The name of an engine.
    Engine,
    /// The path under which the expansion finds parmap.
    Crate,
}

/// The macro that options are written in, and where in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// `#[parmap(..)]`.
    Attribute,
    /// `par_map!(f, items, ..)`.
    ParMap,
    /// A parallel stage of a `pipeline!`: `par(f, ..)`.
    Parallel,
    /// A serial stage: `serial(f, ..)`.
    Serial,
    /// An end that calls a function: `for_each(f, ..)`.
    End,
    /// An end that calls none: `collect(..)`.
    BareEnd,
    /// A `pipeline!`, behind its end.
    Pipeline,
}

use Use::{Attribute, End, ParMap, Parallel, Pipeline, Serial};

/// An option: its name, how its value is read, an example for messages, and where it may stand.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    example: &'static str,
    places: &'static [Use],
}

const fn known(name: &'static str, kind: Kind, example: &'static str, places: &'static [Use]) -> Known {
    Known { name, kind, example, places }
}

const KNOWN: [Known; 13] = [
    known("global", Kind::Globals, "global = data", &[Attribute, ParMap, Parallel, Serial]),
    known("chunksize", Kind::Count, "chunksize = 25", &[Attribute, ParMap, Parallel, Serial, Pipeline]),
    known("processes", Kind::Count, "processes = 4", &[Attribute, ParMap, Parallel, Pipeline]),
    known("index", Kind::Index, "index = i", &[Attribute, ParMap]),
    known("local", Kind::Locals, "local(buf = Vec::new())", &[Attribute, ParMap, Parallel]),
    known("try", Kind::Try, "try", &[Attribute, ParMap, Parallel, Serial, End]),
    known("reduce", Kind::Reduce, "reduce = sum", &[Attribute, ParMap]),
    known("fold", Kind::Fold, "fold = (0, |acc, x| acc + x)", &[Attribute, ParMap]),
    // The results of one item and of many have one place to go to: the caller's.
    known("into", Kind::Into, "into = &mut out", &[ParMap]),
    known("in_flight", Kind::InFlight, "in_flight = 64", &[Pipeline]),
    known("progress", Kind::Progress, "progress = \"label\"", &[Pipeline]),
    known("engine", Kind::Engine, "engine = threads", &[Pipeline]),
    known("crate", Kind::Crate, "crate = ::parmap", &[Attribute, ParMap, Pipeline]),
];

impl Known {
    /// The option called `name`, if it can be used here, or if a message can say what to write here instead.
    pub(super) fn find(name: &Ident, used: Use) -> Option<&'static Known> {
        let known = KNOWN.iter().find(|known| name == known.name)?;
        (known.is_for(used) || known.refusal(used).is_some()).then_some(known)
    }

    fn is_for(&self, used: Use) -> bool {
        self.places.contains(&used)
    }

    /// Why the option cannot be used here, and what to write instead.
    pub(super) fn refusal(&self, used: Use) -> Option<String> {
        if self.is_for(used) {
            return None;
        }
        let advice = match (used, self.kind) {
            (Attribute, Kind::Into) => {
                format!("is for `par_map!`: write `par_map!(f, items, {})` at the call", self.example)
            }
            (Attribute | ParMap, _) => return None,
            (_, kind) => kind.in_a_pipeline(used).to_owned(),
        };
        Some(format!("`{}` {advice}", self.name))
    }

    /// The example, as it is written in this macro.
    pub(super) fn example(&self, used: Use) -> &'static str {
        match (used, self.kind) {
            (Attribute, _) => self.example,
            (_, Kind::Globals) => "global = &data",
            _ => self.example,
        }
    }

    fn shape(&self) -> String {
        match self.kind {
            Kind::Try | Kind::Progress => format!("`{}`", self.name),
            Kind::Locals => format!("`{}(..)`", self.name),
            _ => format!("`{} = ..`", self.name),
        }
    }
}

impl Kind {
    /// What to write instead of an option of this kind in a place of a `pipeline!` where it cannot be used.
    fn in_a_pipeline(self, used: Use) -> &'static str {
        match (self, used) {
            (Kind::Globals, _) => "is for stages: write `par(f, global = &data)`",
            (Kind::Locals, Serial) => {
                "is for parallel stages: a serial stage has one worker at a time, so let its function change what it \
                 captures"
            }
            (Kind::Locals, _) => "is for parallel stages: write `par(f, local(buf = Vec::new()))`",
            (Kind::Count, Serial) => {
                "is for parallel stages: a serial stage has one worker at a time, so leave the option out"
            }
            (Kind::Count, _) => "is for stages and for the pipeline: write it behind the end",
            (Kind::Try, _) => "is for functions: put `try` on the stage whose function returns a `Result`",
            (Kind::Index, _) => {
                "is for functions and for `par_map!`: number the items in the source, as in `(0..).zip(items)`"
            }
            (Kind::Reduce, _) => "is for functions and for `par_map!`: write the end `sum()` or `fold(init, f)`",
            (Kind::Fold, _) => "is an end: write `fold(init, f)` behind the last stage",
            (Kind::Into, _) => "is for `par_map!`: write the end `for_each(f)`",
            (Kind::InFlight | Kind::Progress | Kind::Engine | Kind::Crate, _) => {
                "is for the pipeline as a whole: write it behind the end"
            }
        }
    }
}

/// The options that can be used here, as a message lists them.
pub(crate) fn list(used: Use) -> String {
    let shapes: Vec<_> = KNOWN.iter().filter(|known| known.is_for(used)).map(Known::shape).collect();
    match shapes.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => shapes.concat(),
    }
}

/// What to do about something that is no option.
pub(super) fn advice(used: Use) -> String {
    match list(used) {
        none if none.is_empty() => "leave it out".to_owned(),
        list => format!("write {list}"),
    }
}
