//! Annotated functions and methods.

use std::ops::Range;

use parmap::{each, indexed, parmap, sections};

use super::{Form, Length, form, forms, maps::hash};
use crate::soak::probe::{Failed, Probe};

#[parmap(global = p)]
fn plain(x: u64, p: &Probe<'_>) -> u64 {
    p.visit(x)
}

#[parmap(global = p, chunksize = 25, processes = 4)]
fn with_constants(x: u64, p: &Probe<'_>) -> u64 {
    p.visit(x)
}

#[parmap(global = p, processes = p.processes(), chunksize = p.chunksize())]
fn with_expressions(x: u64, p: &Probe<'_>) -> u64 {
    p.visit(x)
}

#[parmap(global = p, index = i, local(buffer = Vec::with_capacity(p.chunksize())))]
fn with_index_and_local(x: &u64, p: &Probe<'_>, i: usize, buffer: &mut Vec<u64>) -> (bool, u64) {
    buffer.clear();
    buffer.push(p.visit(*x));
    (*x == i as u64, buffer[0])
}

#[parmap(global = p, try, processes = p.processes())]
fn with_try(x: u64, p: &Probe<'_>) -> Result<u64, Failed> {
    p.tried(x)
}

#[parmap(global = p, try, reduce = sum)]
fn with_options(x: u64, p: &Probe<'_>) -> Option<u64> {
    p.tried(x).ok()
}

#[parmap(global = p, reduce = sum, chunksize = p.chunksize())]
fn with_reduce(x: u64, p: &Probe<'_>) -> u64 {
    p.visit(x)
}

#[parmap(global = p, fold = (7, hash), processes = p.processes())]
fn with_fold(x: u64, p: &Probe<'_>) -> u64 {
    p.visit(x)
}

#[parmap(global = p)]
fn section(positions: Range<usize>, p: &Probe<'_>) -> u64 {
    positions.fold(0, |sum, position| sum + p.visit(position as u64))
}

#[parmap(global = p)]
fn text(digits: &str, p: &Probe<'_>) -> u64 {
    p.visit(digits.parse().expect("they are digits"))
}

/// Calls itself, with many and with one.
#[parmap(global = p, reduce = sum)]
fn recursive(x: u64, p: &Probe<'_>) -> u64 {
    match x {
        0..20 => p.visit(x),
        20..40 => recursive([x - 20], p) + recursive(0..0, p),
        _ => p.visit(x - 20),
    }
}

/// Something with methods.
struct Object<'o, 'p>(&'o Probe<'p>);

impl Object<'_, '_> {
    #[parmap(processes = self.0.processes(), chunksize = self.0.chunksize())]
    fn method(&self, x: u64) -> u64 {
        self.0.visit(x)
    }

    #[parmap(global = by)]
    fn generic<T: Copy + Into<u64> + Send>(&self, x: (T, u8), by: u8) -> u64 {
        self.0.visit(x.0.into()) ^ u64::from(x.1 ^ by)
    }
}

/// What sections of this size sum up to.
fn sums(p: &Probe<'_>, size: usize) -> Vec<u64> {
    p.values().chunks(size).map(|values| values.iter().sum()).collect()
}

forms! {
    of_a_vector: plain |p| plain(p.positions(), p), p.values();
    of_a_range: plain |p| plain(0..p.items(), p), p.values();
    of_clones: plain |p| plain(&p.positions(), p), p.values();
    of_one_by_one: plain |p| (0..p.items()).map(|x| plain(x, p)).collect::<Vec<u64>>(), p.values();
    constants: plain |p| with_constants(0..p.items(), p), p.values();
    expressions: plain |p| with_expressions(0..p.items(), p), p.values();
    expressions_of_each: plain |p| with_expressions(each(0..p.items()), p), p.values();
    expressions_of_indexed: plain |p| with_expressions(indexed(p.positions()), p), p.values();
    index_and_local: plain |p| {
        with_index_and_local(&p.positions(), p)
    }, p.values().into_iter().map(|value| (true, value)).collect::<Vec<_>>();
    tried: fallible |p| with_try(p.positions(), p), p.values();
    tried_of_each: fallible |p| with_try(each((0..p.items()).filter(|_| true)), p), p.values();
    options: optional |p| with_options(0..p.items(), p), p.values().into_iter().sum::<u64>();
    reduced: plain |p| with_reduce(0..p.items(), p), p.values().into_iter().sum::<u64>();
    folded: plain |p| with_fold(0..p.items(), p), p.values().into_iter().fold(7, hash);
    of_sections: plain |p| section(sections(p.len(), 17), p), sums(p, 17);
    of_ranges: plain |p| {
        section((0..p.len()).step_by(5).map(|at| at..p.len().min(at + 5)).collect::<Vec<_>>(), p)
    }, sums(p, 5);
    of_texts: plain |p| {
        let texts: Vec<String> = p.positions().iter().map(u64::to_string).collect();
        text(&texts, p)
    }, p.values();
    methods: plain |p| Object(p).method(0..p.items()), p.values();
    generic_methods(Length::AtMost(60_000)): plain |p| {
        let items: Vec<(u16, u8)> = (0..p.items() as u16).map(|x| (x, 3)).collect();
        Object(p).generic::<u16, _>(items, 1)
    }, p.values().into_iter().map(|value| value ^ 2).collect::<Vec<_>>();
    recursion(Length::Exactly(20)): plain |p| {
        recursive(20..40, p)
    }, p.values().into_iter().sum::<u64>();
}
