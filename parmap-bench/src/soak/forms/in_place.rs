//! Items that are changed where they are, and results written into what is there.

use std::collections::BTreeMap;

use parmap::{each, indexed, par_map, parmap};
use rayon::prelude::*;

use super::{Form, Length, form, forms, sources};
use crate::soak::probe::Probe;

/// What a place holds that nothing was written to.
const OLD: u64 = u64::MAX;

#[parmap(global = p, processes = p.processes())]
fn change(x: &mut u64, p: &Probe<'_>) {
    *x = p.visit(*x);
}

/// `out`, changed by a call.
fn changed<T>(mut out: T, call: impl FnOnce(&mut T)) -> T {
    call(&mut out);
    out
}

/// Writes into places that outlive a failing call: each holds what it held or its result.
fn into_what_stays(p: &Probe<'_>) {
    let mut out = vec![OLD; p.len()];
    let got = p.fallible(|| par_map!(|x| p.tried(x), 0..p.items(), into = &mut out, try, processes = p.processes()));
    let is_whole = matches!(got, Ok(Ok(())));
    for (position, place) in out.into_iter().enumerate() {
        let is_new = place == p.value(position as u64);
        if !is_new && (place != OLD || is_whole) {
            p.wrong(format!("place {position} holds {place}"));
            break;
        }
    }
    p.settle(got, || ());
}

/// Changes items that outlive a failing call: none is changed twice, or half.
fn in_what_stays(p: &Probe<'_>) {
    let mut items = p.positions();
    let got = p.plain(|| change(&mut items, p));
    for (position, item) in (0..).zip(items) {
        if item != p.value(position) && item != position {
            p.wrong(format!("item {position} became {item}"));
            break;
        }
    }
    p.settle(got, || ());
}

pub(super) mod told {
    use super::*;

    forms! {
        into_a_vector: plain |p| changed(vec![OLD; p.len()], |out| {
            par_map!(|x| p.visit(x), 0..p.items(), into = out, chunksize = p.chunksize());
        }), p.values();
        into_a_slice: plain |p| changed(vec![OLD; p.len()], |out| {
            par_map!(|x| p.visit(x), p.positions(), into = &mut out[..], processes = p.processes());
        }), p.values();
        into_an_array(Length::Exactly(12)): plain |p| changed([OLD; 12], |out| {
            par_map!(|x| p.visit(x), 0..12, into = out, chunksize = 1);
        }).to_vec(), p.values();
        each_into: plain |p| changed(vec![OLD; p.len()], |out| {
            par_map!(|x| p.visit(x), each(0..p.items()), into = out);
        }), p.values();
        indexed_into: plain |p| changed(vec![OLD; p.len()], |out| {
            par_map!(|x| p.visit(x), indexed(p.positions()), into = out, processes = p.processes());
        }), p.values();
        texts_into: plain |p| changed(vec![String::from("before"); p.len()], |out| {
            par_map!(|x| p.visit(x).to_string(), 0..p.items(), into = out);
        }), p.values().iter().map(u64::to_string).collect::<Vec<_>>();
        lent: plain |p| changed(p.positions(), |items| change(items, p)), p.values();
        lent_slice: plain |p| changed(p.positions(), |items| {
            par_map!(|x| *x = p.visit(*x), &mut items[..]);
        }), p.values();
        lent_queue: plain |p| {
            changed(sources::deque(p), |items| change(items, p)).into_iter().collect::<Vec<_>>()
        }, p.values();
        lent_by_each: plain |p| changed(p.positions(), |items| change(each(items), p)), p.values();
        lent_by_indexed: plain |p| {
            changed(p.positions(), |items| change(indexed(items.par_iter_mut()), p))
        }, p.values();
        pieces: plain |p| changed(p.positions(), |items| {
            let body = |piece: &mut [u64]| piece.iter_mut().for_each(|x| *x = p.visit(*x));
            par_map!(body, items.chunks_mut(6), processes = p.processes());
        }), p.values();
        tree_map(Length::AtMost(2_000)): plain |p| {
            let map: BTreeMap<u64, u64> = p.positions().into_iter().map(|x| (x, x)).collect();
            let map = changed(map, |map| par_map!(|(x, value)| *value = p.visit(*x), map));
            map.into_values().collect::<Vec<_>>()
        }, p.values();
    }
}

pub(super) const FORMS: &[Form] = &[form!(into_what_stays: fallible), form!(in_what_stays: plain)];
