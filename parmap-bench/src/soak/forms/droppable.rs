//! Items, results, states and errors that are counted while they live: each is dropped once, however a call ends.

use parmap::{each, indexed, par_map, parmap};

use super::{Form, form};
use crate::soak::probe::{Counted, Failed, Got, Probe};

/// The items of a call.
fn items<'p>(p: &'p Probe<'_>) -> Vec<Counted<'p>> {
    (0..p.items()).map(|position| p.counted(position)).collect()
}

/// The result of an item, which ends here.
fn map<'p>(p: &'p Probe<'_>, item: Counted<'p>) -> Counted<'p> {
    if !item.is_whole() {
        p.wrong(format!("item {} came damaged", item.number));
    }
    p.counted(p.visit(item.number))
}

/// The same, or the item as an error.
fn tried<'p>(p: &'p Probe<'_>, item: Counted<'p>) -> Result<Counted<'p>, Counted<'p>> {
    p.tried(item.number).map(|value| p.counted(value)).map_err(|_| item)
}

/// Checks a call that gives all results: that these alone live, then what they are, and then that nothing does.
fn settle(p: &Probe<'_>, got: Got<Vec<Counted<'_>>>) {
    p.check_living(if let Ok(Ok(results)) = &got { results.len() } else { 0 });
    let numbers = |results: Vec<Counted<'_>>| {
        if !results.iter().all(Counted::is_whole) {
            p.wrong("a result came damaged".to_owned());
        }
        results.iter().map(|result| result.number).collect::<Vec<_>>()
    };
    p.settle(got.map(|got| got.map(numbers)), || p.values());
    p.check_living(0);
}

/// The error of a call whose errors are items.
fn at<'p, V>(result: Result<V, Counted<'p>>) -> Result<V, Failed> {
    result.map_err(|item| Failed::At(item.number))
}

fn vector(p: &Probe<'_>) {
    settle(
        p,
        p.plain(|| par_map!(|item| map(p, item), items(p), processes = p.processes(), chunksize = p.chunksize())),
    );
}

fn boxed_slice(p: &Probe<'_>) {
    settle(p, p.plain(|| par_map!(|item| map(p, item), items(p).into_boxed_slice(), processes = p.processes())));
}

fn queue(p: &Probe<'_>) {
    let items = items(p).into_iter().collect::<std::collections::VecDeque<_>>();
    settle(p, p.plain(|| par_map!(|item| map(p, item), items, chunksize = p.chunksize())));
}

fn of_each(p: &Probe<'_>) {
    settle(p, p.plain(|| par_map!(|item| map(p, item), each(items(p)), processes = p.processes())));
}

fn of_each_made(p: &Probe<'_>) {
    // Items that the iterator makes one by one.
    let made = (0..p.items()).map(|position| p.counted(position)).filter(|_| true);
    settle(p, p.plain(|| par_map!(|item| map(p, item), each(made), processes = p.processes())));
}

fn of_indexed(p: &Probe<'_>) {
    settle(p, p.plain(|| par_map!(|item| map(p, item), indexed(items(p)), processes = p.processes())));
}

#[parmap(global = p, chunksize = p.chunksize(), local(own = p.counted(7)))]
fn annotated<'p>(item: Counted<'p>, p: &'p Probe<'_>, own: &mut Counted<'p>) -> Counted<'p> {
    // A state is whole as long as it is used.
    if own.is_whole() { map(p, item) } else { p.counted(0) }
}

fn with_states(p: &Probe<'_>) {
    settle(p, p.plain(|| annotated(items(p), p)));
}

fn with_errors(p: &Probe<'_>) {
    settle(p, p.fallible(|| at(par_map!(|item| tried(p, item), items(p), try, processes = p.processes()))));
}

fn with_errors_of_each(p: &Probe<'_>) {
    settle(p, p.fallible(|| at(par_map!(|item| tried(p, item), each(items(p)), try, chunksize = p.chunksize()))));
}

fn folded(p: &Probe<'_>) {
    let add = |mut all: Vec<_>, result: Counted<'_>| {
        all.push(result.number);
        all
    };
    let got = p.plain(|| par_map!(|item| map(p, item), items(p), fold = (Vec::new(), add), processes = p.processes()));
    p.check_living(0);
    p.settle(got, || p.values());
}

fn combined(p: &Probe<'_>) {
    // Of two results one goes, and the order shows in which.
    let later = |first: Counted<'_>, second: Counted<'_>| match second.number {
        u64::MAX => first.number,
        number => number,
    };
    let got = p.plain(|| {
        let last = par_map!(
            |item| map(p, item),
            items(p),
            reduce = (p.counted(u64::MAX), |first, second| p.counted(later(first, second))),
            processes = p.processes(),
            chunksize = p.chunksize()
        );
        last.number
    });
    p.check_living(0);
    p.settle(got, || p.values().last().copied().unwrap_or(u64::MAX));
}

fn into_places(p: &Probe<'_>) {
    let mut out = items(p);
    let got = p.plain(|| par_map!(|x| p.counted(p.visit(x)), 0..p.items(), into = &mut out, processes = p.processes()));
    p.check_living(p.len());
    let is_valid = |(position, place): (u64, &Counted<'_>)| {
        place.is_whole()
            && (place.number == p.value(position) || place.number == position && !matches!(got, Ok(Ok(()))))
    };
    if !(0..).zip(&out).all(is_valid) {
        p.wrong("a place holds neither what it held nor its result".to_owned());
    }
    drop(out);
    p.settle(got, || ());
    p.check_living(0);
}

pub(super) const FORMS: &[Form] = &[
    form!(vector: plain),
    form!(boxed_slice: plain),
    form!(queue: plain),
    form!(of_each: plain),
    form!(of_each_made: plain),
    form!(of_indexed: plain),
    form!(with_states: plain),
    form!(with_errors: fallible),
    form!(with_errors_of_each: fallible),
    form!(folded: plain),
    form!(combined: plain),
    form!(into_places: plain),
];
