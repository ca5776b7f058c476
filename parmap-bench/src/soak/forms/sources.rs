//! Collections of every kind.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use parmap::par_map;

use super::{Form, Length, form, forms};
use crate::soak::probe::Probe;

/// The positions, in a deque that goes round the end of its memory.
pub(super) fn deque(p: &Probe<'_>) -> VecDeque<u64> {
    let mut deque = VecDeque::with_capacity(p.len());
    deque.extend(p.items() / 2..p.items());
    (0..p.items() / 2).rev().for_each(|x| deque.push_front(x));
    deque
}

/// The sums of pieces of so many items.
fn sums(p: &Probe<'_>, size: usize) -> Vec<u64> {
    p.values().chunks(size).map(|values| values.iter().sum()).collect()
}

fn sum(p: &Probe<'_>, piece: &[u64]) -> u64 {
    piece.iter().map(|x| p.visit(*x)).sum()
}

/// Most entries of a map: it takes long to fill.
const MAPPED: Length = Length::AtMost(2_000);

forms! {
    lent_vector: plain |p| par_map!(|x| p.visit(*x), &p.positions(), processes = p.processes()), p.values();
    lent_slice: plain |p| {
        let items = p.positions();
        par_map!(|x: &u64| p.visit(*x), &items[..], chunksize = p.chunksize())
    }, p.values();
    boxed_slice: plain |p| par_map!(|x| p.visit(x), p.positions().into_boxed_slice()), p.values();
    queue: plain |p| par_map!(|x| p.visit(x), deque(p), processes = p.processes()), p.values();
    lent_queue: plain |p| par_map!(|x| p.visit(*x), &deque(p)), p.values();
    array(Length::Exactly(16)): plain |p| {
        par_map!(|x| p.visit(x), std::array::from_fn::<u64, 16, _>(|x| x as u64), processes = p.processes())
    }, p.values();
    lent_array(Length::Exactly(7)): plain |p| par_map!(|x| p.visit(*x), &[0, 1, 2, 3, 4, 5, 6]), p.values();
    inclusive_range: plain |p| {
        par_map!(|x| if x > 0 { p.visit(x - 1) } else { 0 }, 0..=p.items())
    }, [0].into_iter().chain(p.values()).collect::<Vec<_>>();
    small_range: plain |p| par_map!(|x: u32| p.visit(x.into()), 0..p.items() as u32), p.values();
    signed_range: plain |p| {
        par_map!(|x: i32| p.visit((x + 50_000) as u64), -50_000..p.items() as i32 - 50_000)
    }, p.values();
    tiny_range(Length::AtMost(255)): plain |p| {
        par_map!(|x: u8| p.visit(x.into()), 0..p.items() as u8, chunksize = p.chunksize())
    }, p.values();
    wide_range: plain |p| {
        par_map!(|x: u128| p.visit((x - (1 << 100)) as u64), 1 << 100..(1 << 100) + u128::from(p.items()))
    }, p.values();
    pieces: plain |p| {
        let items = p.positions();
        par_map!(|piece| sum(p, piece), items.chunks(9), processes = p.processes())
    }, sums(p, 9);
    pieces_from_the_end: pure |p| {
        let items = p.values();
        par_map!(|piece| piece[0], items.rchunks(4), processes = p.processes())
    }, p.values().rchunks(4).map(|piece| piece[0]).collect::<Vec<_>>();
    windows: plain |p| {
        let items: Vec<u64> = (0..p.items() + 2).collect();
        par_map!(|three| if let [x, _, z] = three { p.visit(*x) ^ (z - x) } else { 0 }, items.windows(3))
    }, p.values().into_iter().map(|value| value ^ 2).collect::<Vec<_>>();
    tree_map(MAPPED): plain |p| {
        let map: BTreeMap<u64, u64> = p.positions().into_iter().map(|x| (x, x + 1)).collect();
        par_map!(|(x, y)| p.visit(*x) ^ (y - x), &map, processes = p.processes())
    }, p.values().into_iter().map(|value| value ^ 1).collect::<Vec<_>>();
    hash_map(MAPPED): pure |p| {
        let map: HashMap<u64, u64> = p.positions().into_iter().map(|x| (x, x)).collect();
        par_map!(|(x, _)| p.value(*x), &map, reduce = sum, processes = p.processes())
    }, p.values().into_iter().sum::<u64>();
    sets(MAPPED): plain |p| {
        let (tree, hashed): (BTreeSet<_>, HashSet<_>) = (p.positions().into_iter().collect(), HashSet::from([1, 2]));
        par_map!(|x| p.visit(*x), &tree, reduce = sum) + par_map!(|x| *x, &hashed, reduce = sum)
    }, p.values().into_iter().sum::<u64>() + 3;
}
