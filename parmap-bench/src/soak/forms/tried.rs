//! `par_map!` with `try`: results and options, with each end.

use parmap::{each, indexed, par_map};

use super::{
    Form, form, forms,
    maps::{chain, hash, link},
};
use crate::soak::probe::Probe;

forms! {
    vector: fallible |p| {
        par_map!(|x| p.tried(x), p.positions(), try, processes = p.processes(), chunksize = p.chunksize())
    }, p.values();
    range: fallible |p| par_map!(|x| p.tried(x), 0..p.items(), try), p.values();
    lent: fallible |p| {
        let items = p.positions();
        par_map!(|x| p.tried(*x), &items, try, chunksize = 7, processes = p.processes())
    }, p.values();
    each_unknown: fallible |p| {
        par_map!(|x| p.tried(x), each((0..p.items()).filter(|_| true)), try, processes = p.processes())
    }, p.values();
    of_indexed: fallible |p| {
        par_map!(|x| p.tried(x), indexed(p.positions()), try, processes = p.processes())
    }, p.values();
    options: optional |p| par_map!(|x| p.tried(x).ok(), 0..p.items(), try, processes = p.processes()), p.values();
    sum: fallible |p| {
        par_map!(|x| p.tried(x), 0..p.items(), try, reduce = sum)
    }, p.values().into_iter().sum::<u64>();
    sum_of_options: optional |p| {
        par_map!(|x| p.tried(x).ok(), each(p.positions()), try, reduce = sum)
    }, p.values().into_iter().sum::<u64>();
    max: fallible |p| {
        par_map!(|x| p.tried(x), p.positions(), try, reduce = max, chunksize = p.chunksize())
    }, p.values().into_iter().max();
    combined: fallible |p| {
        par_map!(|x| p.tried(x).map(link), 0..p.items(), try, reduce = ((1, 0), chain), processes = p.processes())
    }, p.values().into_iter().map(link).fold((1, 0), chain);
    fold: fallible |p| {
        par_map!(|x| p.tried(x), 0..p.items(), try, fold = (7, hash), processes = p.processes())
    }, p.values().into_iter().fold(7, hash);
    fold_of_each: fallible |p| {
        par_map!(|x| p.tried(x), each(p.positions()), try, fold = (7, hash))
    }, p.values().into_iter().fold(7, hash);
    local_and_index: fallible |p| {
        let body = |_x, i: usize, seen: &mut u64| {
            *seen += 1;
            p.tried(i as u64)
        };
        par_map!(body, p.positions(), try, index = i, local(seen = 0), chunksize = p.chunksize())
    }, p.values();
    without_try: plain |p| {
        // All results are kept, and none of them ends the call.
        let body = |x| if x % 2 == 0 { Ok(p.visit(x)) } else { Err(p.visit(x)) };
        par_map!(body, 0..p.items(), processes = p.processes())
    }, (0..).zip(p.values()).map(|(x, value)| if x % 2 == 0 { Ok(value) } else { Err(value) }).collect::<Vec<_>>();
}
