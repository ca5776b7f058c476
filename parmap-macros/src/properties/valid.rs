//! Annotations and calls without a mistake, with every option, stage and shape of function there is.

use std::fmt::{self, Display, Formatter};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// An option: its name, and what is written behind it.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) value: String,
}

impl Display for Written {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        write!(formatter, "{}{}", self.name, self.value)
    }
}

pub(super) fn option(name: &str, value: impl Display) -> Written {
    Written { name: name.to_owned(), value: format!(" = {value}") }
}

fn bare(name: &str, value: &str) -> Written {
    Written { name: name.to_owned(), value: value.to_owned() }
}

/// What is written between commas.
pub(super) fn listed(parts: &[impl Display]) -> String {
    let parts: Vec<_> = parts.iter().map(ToString::to_string).collect();
    parts.join(", ")
}

/// An annotated function.
#[derive(Clone, Debug)]
pub(super) struct Annotated {
    pub(super) options: Vec<Written>,
    pub(super) qualifiers: &'static str,
    head: Head,
    parameters: Vec<String>,
    result: &'static str,
}

/// What stands before a function's parameters.
#[derive(Clone, Debug)]
struct Head {
    before: &'static str,
    name: &'static str,
    generics: &'static str,
    receiver: &'static str,
    body: &'static str,
}

impl Display for Annotated {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let Annotated { options, qualifiers, head, parameters, result } = self;
        let Head { before, name, generics, receiver, body } = head;
        let (options, parameters) = (listed(options), listed(parameters));
        write!(
            formatter,
            "({options}) {before} {qualifiers} fn {name}{generics}({receiver}{parameters}){result} {body}"
        )
    }
}

/// Any value, as an option's, an item or a source: what may fall apart beside other tokens among them.
const VALUES: [&str; 26] = [
    "25",
    "n",
    "data.len() / 4 + 1",
    "S { n: 2 }.n",
    "if wide { 4 } else { 1 }",
    "a as usize",
    "(3)",
    "{ 4 }",
    "match n { 0 => 1, _ => 2 }",
    "0..10",
    "..=n",
    "0..",
    "&xs",
    "&mut rows[1..]",
    "vec![1, 2]",
    "-n",
    "*n",
    "!n",
    "loop { break 3 }",
    "a < b || c",
    "n?",
    "move || 3",
    "(fragment! a + b)",
    "(fragment! n)",
    "unsafe { N }",
    "f::<u8>(a, b)",
];
/// Numbers that are not 0.
const COUNTS: [&str; 14] = [
    "1",
    "25",
    "0x10usize",
    "n",
    "n / 2 + 1",
    "S { n: 2 }.n",
    "if wide { 4 } else { 1 }",
    "a as usize",
    "(3)",
    "{ 4 }",
    "(fragment! n + 1)",
    "a..b",
    "{ 4 } + 1",
    "if wide { 4 } else { 1 } + 1",
];

fn head() -> impl Strategy<Value = Head> {
    const BEFORE: [&str; 5] =
        ["", "pub", "#[inline] pub(crate)", "/** Doc. */ #[allow(dead_code)]", "pub(in crate::m)"];
    const NAMES: [&str; 3] = ["section_sum", "f", "r#match"];
    const GENERICS: [&str; 4] = ["", "<T: Clone, const N: usize>", "<'a, T>", "<const N: u8, T: ?Sized + 'static>"];
    const RECEIVERS: [&str; 5] = ["", "", "&self, ", "self: &Self, ", "&'static self, "];
    const BODIES: [&str; 6] = [
        "{ marked }",
        "{ #![allow(unused)] let a = 1; return marked?; }",
        "{ for x in 0..3 { if x == 1 { continue } } marked.await }",
        "{}",
        "{ |x| unsafe { *x } }",
        "{ fn marked() {} struct Marked; marked() }",
    ];
    (select(&BEFORE[..]), select(&NAMES[..]), select(&GENERICS[..]), select(&RECEIVERS[..]), select(&BODIES[..]))
        .prop_map(|(before, name, generics, receiver, body)| Head { before, name, generics, receiver, body })
}

fn global_type() -> impl Strategy<Value = &'static str> {
    select(&["&[f64]", "u64", "&'static str", "&dyn Fn(u8) -> bool", "&(impl Fn(u8) + Sync)", "fn(&u8) -> &u8"][..])
}

/// The results of functions: those that can fail, and others.
const TRIED: [&str; 4] = ["-> Result<u8, String>", "-> Option<Vec<u8>>", "-> io::Result<()>", "-> (Tried)"];
const RESULTS: [&str; 7] = [
    "-> u8",
    "-> Vec<(u8, f64)>",
    "-> [u8; 3]",
    "-> fn(u8) -> u8",
    "-> <u8 as Trait>::Out",
    "-> Box<dyn Fn(&u8) -> u8 + Send>",
    "-> &'static str",
];

pub(super) fn annotated() -> impl Strategy<Value = Annotated> {
    const ITEMS: [&str; 15] = [
        "x: u8",
        "mut x: Vec<u8>",
        "(a, b): (u8, &str)",
        "section: Range<usize>",
        "&x: &u64",
        "Point { x, .. }: Point",
        "_: u8",
        "x: &dyn Fn(u8) -> u8",
        "x: &mut [u8]",
        "x: fn(&u8) -> u8",
        "#[allow(unused)] x: u8",
        "x: <u8 as Trait>::Item",
        "x: Row<'_>",
        "[first, .., last]: [u8; 4]",
        "x: &'static str",
    ];
    let item = select(&ITEMS[..]);
    let globals = vec(global_type(), 0..4);
    let locals = vec(select(&["Vec::new()", "3 + 4", "S { n: 2 }", "(fragment! a + b)"][..]), 0..3);
    let counts = (option::of(select(&COUNTS[..])), option::of(select(&COUNTS[..])));
    let parmap = option::of(select(&["::parmap", "self::again::parmap", "crate"][..]));
    let rest = (counts, parmap, select(&["i: usize", "mut i: usize", ""][..]), 0..4_usize);
    (head(), item, globals, locals, end(), rest).prop_flat_map(|(head, item, globals, locals, end, rest)| {
        let ((chunksize, processes), parmap, index, brackets) = rest;
        let mut options: Vec<_> = counted("chunksize", chunksize).chain(counted("processes", processes)).collect();
        options.extend(parmap.map(|path| option("crate", path)));
        let mut parameters = vec![item.to_owned()];
        let names: Vec<_> = (0..globals.len()).map(|place| format!("g{place}")).collect();
        parameters.extend(names.iter().zip(globals).map(|(name, ty)| format!("{name}: {ty}")));
        options.extend(match (&names[..], brackets) {
            ([], _) => None,
            ([one], 0) => Some(option("global", one)),
            ([one], 1) => Some(option("global", format!("({one})"))),
            (names, 2) => Some(option("global", format!("({},)", listed(names)))),
            (names, _) => {
                Some(option("global", format!("({})", listed(names) + if names.len() == 1 { "," } else { "" })))
            }
        });
        if !index.is_empty() {
            parameters.push(index.to_owned());
            options.push(option("index", "i"));
        }
        options.extend(local(&locals));
        parameters.extend((0..locals.len()).map(|place| format!("l{place}: &mut Vec<u8>")));
        let (tries, result, becomes) = end;
        options.extend(tries);
        options.extend(becomes);
        (Just(head), Just(options).prop_shuffle(), Just(parameters).prop_shuffle(), Just(result)).prop_map(
            |(head, options, parameters, result)| Annotated { options, qualifiers: "", head, parameters, result },
        )
    })
}

fn counted(name: &'static str, value: Option<&'static str>) -> impl Iterator<Item = Written> {
    value.map(|value| option(name, value)).into_iter()
}

fn local(values: &[&str]) -> Option<Written> {
    let states: Vec<_> = values.iter().enumerate().map(|(place, value)| format!("l{place} = {value}")).collect();
    (!states.is_empty()).then(|| bare("local", &format!("({})", listed(&states))))
}

/// The options about results, and the result that they are about.
fn end() -> impl Strategy<Value = (Option<Written>, &'static str, Option<Written>)> {
    const ENDS: [(&str, &str); 8] = [
        ("reduce", "sum"),
        ("reduce", "product"),
        ("reduce", "(max)"),
        ("reduce", "(0, |a, b| a + b)"),
        ("reduce", "(S { n: 1 }, m::add)"),
        ("fold", "(String::new(), |page: String, line| page + line)"),
        ("fold", "(0..3, f as fn(u8, u8) -> u8)"),
        ("fold", "(vec![], |mut all, x| { all.push(x); all },)"),
    ];
    let becomes = || option::of(select(&ENDS[..]).prop_map(|(name, value)| option(name, value)));
    prop_oneof![
        (Just(Some(bare("try", ""))), select(&TRIED[..]), becomes()),
        (Just(None), select(&RESULTS[..]), becomes()),
        (Just(None), select(&["", "-> ()"][..]), Just(None)),
    ]
}

/// A call of `par_map!` or `pipeline!`: its arguments, options among them.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) arguments: Vec<Written>,
    /// Where the options begin.
    pub(super) options: usize,
}

impl Display for Call {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str(&listed(&self.arguments))
    }
}

/// Functions that are no closures, and what begins closures.
const FUNCTIONS: [&str; 13] = [
    "f",
    "m::f",
    "f as fn(u8) -> u8",
    "S { f }.f",
    "self.f",
    "make::<u8>()",
    "if a { f } else { g }",
    "&f",
    "*f",
    "(f)",
    "a + b",
    "(fragment! a + b)",
    "m!(f)",
];
const CLOSURES: [(&str, &str); 6] = [
    ("|x", "| x + 1"),
    ("|(a, b)", "| { a }"),
    ("move |x: u8", "| -> u8 { x }"),
    ("|_", "| unsafe { x }"),
    ("|Point { x, .. }: Point", "| x < 1 || x > 2"),
    ("|&x: &_", "| ()"),
];

/// A function that is given an item and `extras` more.
fn function(extras: usize) -> impl Strategy<Value = String> {
    let more: String = (0..extras).map(|place| format!(", e{place}")).collect();
    let closure = (select(&CLOSURES[..]), select(&[("", ""), ("{ let k = 3; ", " }"), ("(", ")")][..]));
    prop_oneof![
        select(&FUNCTIONS[..]).prop_map(str::to_owned),
        closure.prop_map(move |((begin, rest), (before, behind))| format!("{before}{begin}{more}{rest}{behind}")),
    ]
}

/// The options `global`, `index` (if it `may` be there) and `local`, and how many parameters they are.
fn extras(index: bool, local_too: bool) -> impl Strategy<Value = (Vec<Written>, usize)> {
    let locals = vec(select(&VALUES[..]), 0..if local_too { 3 } else { 1 });
    (vec(select(&VALUES[..]), 0..3), prop::bool::weighted(if index { 0.5 } else { 0.0 }), locals).prop_map(
        |(globals, index, locals)| {
            let count = globals.len() + usize::from(index) + locals.len();
            let mut options = Vec::new();
            options.extend(match &globals[..] {
                [] => None,
                // Parentheses around one value are its own.
                [one] => Some(option("global", one)),
                several => Some(option("global", format!("({})", listed(several)))),
            });
            options.extend(index.then(|| option("index", "i")));
            options.extend(local(&locals));
            (options, count)
        },
    )
}

pub(super) fn par_map() -> impl Strategy<Value = Call> {
    let into = select(&VALUES[..]).prop_map(|out| Some(option("into", out)));
    let becomes = prop_oneof![2 => end().prop_map(|(_, _, becomes)| becomes), 1 => into];
    let counts = (option::of(select(&COUNTS[..])), option::of(select(&COUNTS[..])));
    let rest = (counts, any::<bool>(), option::of(Just("self::parmap")), becomes, select(&VALUES[..]));
    (extras(true, true), rest)
        .prop_flat_map(|((mut options, extras), (counts, tries, parmap, becomes, items))| {
            options.extend(counted("chunksize", counts.0).chain(counted("processes", counts.1)));
            options.extend(parmap.map(|path| option("crate", path)));
            options.extend(tries.then(|| bare("try", "")));
            options.extend(becomes);
            // A closure there is taken for the function.
            let items = if items.starts_with("move") { "xs" } else { items };
            (function(extras), Just(options).prop_shuffle(), Just(items))
        })
        .prop_map(|(function, options, items)| {
            let arguments = [bare(&function, ""), bare(items, "")].into_iter().chain(options).collect();
            Call { arguments, options: 2 }
        })
}

/// A stage: its function and options.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    name: String,
    pub(super) arguments: Vec<Written>,
}

impl Display for Stage {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        write!(formatter, "{}({})", self.name, listed(&self.arguments))
    }
}

pub(super) fn stage() -> impl Strategy<Value = Stage> {
    const SHAPES: [&str; 4] = ["", "_filter", "_filter_map", "_flat_map"];
    (any::<bool>(), select(&SHAPES[..]))
        .prop_flat_map(|(is_parallel, shape)| {
            let counts = (option::of(select(&COUNTS[..])), option::of(select(&COUNTS[..])));
            (Just((is_parallel, shape)), extras(false, is_parallel), counts, any::<bool>())
        })
        .prop_flat_map(|((is_parallel, shape), (mut options, extras), counts, tries)| {
            options.extend(counted("chunksize", counts.0));
            options.extend(counted("processes", counts.1.filter(|_| is_parallel)));
            options.extend(tries.then(|| bare("try", "")));
            (Just((is_parallel, shape)), function(extras), Just(options).prop_shuffle())
        })
        .prop_map(|((is_parallel, shape), function, options)| {
            let name = format!("{}{shape}", if is_parallel { "par" } else { "serial" });
            Stage { name, arguments: [bare(&function, "")].into_iter().chain(options).collect() }
        })
}

fn pipeline_end() -> impl Strategy<Value = Written> {
    let tries = || select(&["", ", try"][..]);
    prop_oneof![
        select(&["collect", "sum", "count"][..]).prop_map(|name| bare(name, "()")),
        (function(0), tries()).prop_map(|(function, tries)| bare("for_each", &format!("({function}{tries})"))),
        (select(&VALUES[..]), function(1), tries()).prop_map(|(init, function, tries)| {
            let init = if init.starts_with("move") { "0" } else { init };
            bare("fold", &format!("({init}, {function}{tries})"))
        }),
    ]
}

pub(super) fn pipeline() -> impl Strategy<Value = Call> {
    let counts = (option::of(select(&COUNTS[..])), option::of(select(&COUNTS[..])), option::of(select(&COUNTS[..])));
    let rest = (counts, option::of(Just("::parmap")), any::<bool>());
    (select(&VALUES[..]), vec(stage(), 0..4), pipeline_end(), rest)
        .prop_flat_map(|(source, stages, end, ((chunksize, processes, in_flight), parmap, engine))| {
            let mut options: Vec<_> = counted("chunksize", chunksize).chain(counted("processes", processes)).collect();
            options.extend(counted("in_flight", in_flight));
            options.extend(parmap.map(|path| option("crate", path)));
            options.extend(engine.then(|| option("engine", "threads")));
            let parts: Vec<_> = [bare(source, "")]
                .into_iter()
                .chain(stages.iter().map(|stage| bare(&stage.to_string(), "")))
                .chain([end])
                .collect();
            (Just(parts), Just(options).prop_shuffle())
        })
        .prop_map(|(parts, options)| {
            let count = parts.len();
            Call { arguments: parts.into_iter().chain(options).collect(), options: count }
        })
}
