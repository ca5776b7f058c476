//! `par_map!` on numbers: each end, with each option.

use std::num::Wrapping;

use parmap::{each, indexed, par_map};
use rayon::prelude::*;

use super::{Form, Length, form, forms};
use crate::soak::{probe::Probe, random::mix};

/// A result that depends on everything before it.
pub(super) fn hash(hash: u64, r: u64) -> u64 {
    hash.rotate_left(5).wrapping_mul(31) ^ r
}

/// `x -> a * x + b`, one after the other: associative, and in no other order the same.
pub(super) fn chain((a, b): (u64, u64), (c, d): (u64, u64)) -> (u64, u64) {
    (c.wrapping_mul(a), c.wrapping_mul(b).wrapping_add(d))
}

pub(super) fn link(value: u64) -> (u64, u64) {
    (value | 1, mix(value))
}

forms! {
    vector: plain |p| {
        par_map!(|x| p.visit(x), p.positions(), processes = p.processes(), chunksize = p.chunksize())
    }, p.values();
    range: plain |p| par_map!(|x| p.visit(x), 0..p.items()), p.values();
    chunks_of_25: plain |p| par_map!(|x| p.visit(x), 0..p.items(), chunksize = 25), p.values();
    four_processes: plain |p| par_map!(|x| p.visit(x), 0..p.items(), processes = 4), p.values();
    one_process: plain |p| par_map!(|x| p.visit(x), 0..p.items(), processes = 1), p.values();
    global: plain |p| {
        par_map!(|x, p: &Probe<'_>, salt| p.visit(x) ^ salt, 0..p.items(), global = (p, 5))
    }, p.values().into_iter().map(|value| value ^ 5).collect::<Vec<_>>();
    index: plain |p| {
        let items: Vec<u64> = (0..p.items()).rev().collect();
        par_map!(|x, i| (x, p.visit(i as u64)).1, items, index = i, chunksize = p.chunksize())
    }, p.values();
    local: plain |p| {
        let body = |x, seen: &mut Vec<u64>| {
            seen.push(x);
            // A state is one worker's, who comes to its items in no particular order, but to each once.
            (seen.iter().rev().take(8).filter(|&&before| before == x).count(), p.visit(x))
        };
        par_map!(body, 0..p.items(), local(seen = Vec::new()), processes = p.processes())
    }, p.values().into_iter().map(|value| (1, value)).collect::<Vec<_>>();
    nothing: plain |p| par_map!(|x| _ = p.visit(x), p.positions(), processes = p.processes()), ();
    sum: plain |p| par_map!(|x| p.visit(x), 0..p.items(), reduce = sum), p.values().iter().sum::<u64>();
    sum_of_each: plain |p| {
        par_map!(|x| p.visit(x), each(0..p.items()), reduce = sum, processes = p.processes())
    }, p.values().iter().sum::<u64>();
    product: plain |p| {
        par_map!(|x| Wrapping(p.visit(x) | 1), 0..p.items(), reduce = product, chunksize = p.chunksize())
    }, p.values().into_iter().map(|value| Wrapping(value | 1)).product::<Wrapping<u64>>();
    min: plain |p| par_map!(|x| p.visit(x), p.positions(), reduce = min), p.values().into_iter().min();
    max: plain |p| {
        par_map!(|x| p.visit(x), each((0..p.items()).filter(|_| true)), reduce = max, chunksize = p.chunksize())
    }, p.values().into_iter().max();
    combined: plain |p| {
        let options = (p.processes(), p.chunksize());
        let body = |x| link(p.visit(x));
        par_map!(body, 0..p.items(), reduce = ((1, 0), chain), processes = options.0, chunksize = options.1)
    }, p.values().into_iter().map(link).fold((1, 0), chain);
    combined_of_indexed: plain |p| {
        par_map!(|x| link(p.visit(x)), indexed(p.positions()), reduce = ((1, 0), chain), processes = p.processes())
    }, p.values().into_iter().map(link).fold((1, 0), chain);
    fold: plain |p| {
        par_map!(|x| p.visit(x), 0..p.items(), fold = (7, hash), processes = p.processes())
    }, p.values().into_iter().fold(7, hash);
    fold_of_each: plain |p| {
        par_map!(|x| p.visit(x), each(p.positions()), fold = (7, hash), chunksize = p.chunksize())
    }, p.values().into_iter().fold(7, hash);
    fold_into_a_vector: plain |p| {
        par_map!(|x| p.visit(x), 0..p.items(), fold = (Vec::new(), |mut all: Vec<u64>, r| {
            all.push(r);
            all
        }))
    }, p.values();
    each_known: plain |p| {
        par_map!(|x| p.visit(x), each(p.positions()), processes = p.processes(), chunksize = p.chunksize())
    }, p.values();
    each_unknown: plain |p| {
        par_map!(|x| p.visit(x), each((0..p.items()).filter(|_| true)), processes = p.processes())
    }, p.values();
    each_slow: plain |p| {
        let items = (0..p.items()).inspect(|x| if mix(*x) % 32 == 0 { std::thread::yield_now() });
        par_map!(|x| p.visit(x), each(items), processes = p.processes())
    }, p.values();
    of_indexed: plain |p| {
        let items = p.positions();
        par_map!(|x| p.visit(*x), indexed(items.par_iter()), processes = p.processes(), chunksize = p.chunksize())
    }, p.values();
    of_indexed_pairs: plain |p| {
        let pairs = p.positions().into_par_iter().zip(p.positions()).enumerate();
        par_map!(|(i, (x, y))| (i as u64 == x && x == y, p.visit(x)), indexed(pairs))
    }, p.values().into_iter().map(|value| (true, value)).collect::<Vec<_>>();
    everything: plain |p| {
        let body = |x: u64, p: &Probe<'_>, i: usize, buffer: &mut Vec<u64>| {
            buffer.clear();
            buffer.push(p.visit(x));
            buffer[0] ^ i as u64
        };
        let (p, c, items) = (p.processes(), p.chunksize(), (p, p.positions()));
        par_map!(body, &items.1, global = items.0, index = i, local(buffer = Vec::new()), processes = p, chunksize = c)
    }, p.values().into_iter().zip(0..).map(|(value, i)| value ^ i).collect::<Vec<_>>();
    inside_a_call: plain |p| {
        // A call for each item, of one site, so that many are open at once.
        par_map!(
            |x| par_map!(|y| if y == 2 { p.visit(x) } else { y }, 0..5_u64, reduce = max, processes = 3),
            0..p.items(),
            processes = p.processes()
        )
    }, p.values().into_iter().map(|value| Some(value.max(4))).collect::<Vec<_>>();
    few(Length::Exactly(4)): plain |p| par_map!(|x| p.visit(x), [0, 1, 2, 3], chunksize = 1), p.values();
}
