//! Functions that return nothing, over what they are lent by `&mut`: `()`, and every item changed once.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

use parmap::{each, indexed, par_map, parmap};
use rayon::prelude::*;

use crate::{
    oracle::{BY, mix},
    widths::every_order,
};

#[parmap]
fn change(x: &mut u64) {
    *x = mix(*x);
}

#[parmap]
fn change_all(part: &mut [u64]) {
    for x in part {
        *x = mix(*x);
    }
}

#[parmap]
fn change_value((key, value): (&u64, &mut u64)) {
    *value = mix(*key);
}

/// Some lengths, of which one is large.
const SOME: [usize; 5] = [0, 1, 2, 130, 3_000];

#[test]
fn every_collection_is_changed_in_place() {
    for n in SOME {
        let items: Vec<u64> = (0..n as u64).collect();
        let expected: Vec<u64> = items.iter().map(|&x| mix(x)).collect();
        // One that goes round the end of its memory.
        let deque = || {
            let mut deque: VecDeque<u64> = VecDeque::with_capacity(n);
            deque.extend(n as u64 / 2..n as u64);
            (0..n as u64 / 2).rev().for_each(|x| deque.push_front(x));
            deque
        };
        let map: BTreeMap<u64, u64> = items.iter().map(|&x| (x, 0)).collect();
        let hashed: HashMap<u64, u64> = items.iter().map(|&x| (x, 0)).collect();
        let changed = |(key, value): (&u64, &u64)| *value == mix(*key);
        every_order(|| {
            let check = |call: &dyn Fn(&mut Vec<u64>)| {
                let mut items = items.clone();
                call(&mut items);
                assert_eq!(items, expected);
            };
            // Each of these calls is a statement: it gives `()`.
            check(&|items| change(items));
            check(&|items| change(&mut items[..]));
            check(&|items| change(each(items)));
            check(&|items| change(indexed(items.par_iter_mut())));
            check(&|items| change_all(items.chunks_mut(7)));
            check(&|items| change_all(items.chunks_exact_mut(1)));
            check(&|items| change_all(items));
            check(&|items| par_map!(|x| *x = mix(*x), items));
            check(&|items| par_map!(|x: &mut u64| *x = mix(*x), &mut items[..]));
            check(&|items| par_map!(|x| *x = mix(*x), each(items)));
            check(&|items| par_map!(|part| part.iter_mut().for_each(|x| *x = mix(*x)), items.chunks_mut(7)));
            let (mut one, mut other) = (deque(), deque());
            change(&mut one);
            par_map!(|x| *x = mix(*x), &mut other);
            assert!(one == expected && other == expected);
            let (mut one, mut other) = (map.clone(), map.clone());
            change_value(&mut one);
            par_map!(|(key, value)| *value = mix(*key), &mut other);
            assert!(one.len() == n && one.iter().all(changed) && one == other);
            let (mut one, mut other) = (hashed.clone(), hashed.clone());
            change_value(&mut one);
            par_map!(|(key, value)| *value = mix(*key), &mut other);
            assert!(one.len() == n && one.iter().all(changed) && one == other);
        });
    }
    let mut array = [1, 2, 3];
    change(&mut array);
    par_map!(|x| *x += 1, &mut array);
    assert_eq!(array, [mix(1) + 1, mix(2) + 1, mix(3) + 1]);
    let mut one = 5;
    change(&mut one);
    assert_eq!(one, mix(5));
}

#[test]
fn with_other_options() {
    #[parmap(global = by, index = i, local(buffer = Vec::new()), chunksize = 3, processes = 4)]
    fn all_of_them(x: &mut u64, by: &u64, i: usize, buffer: &mut Vec<u64>) {
        buffer.clear();
        buffer.push(mix(*x) ^ by);
        *x = buffer[0] ^ i as u64;
    }
    every_order(|| {
        let mut items: Vec<u64> = (0..2_000).collect();
        all_of_them(&mut items, &BY);
        assert!(items.into_iter().eq((0..2_000).map(|x| mix(x) ^ BY ^ x)));
        let mut items: Vec<u64> = (0..2_000).collect();
        par_map!(|x, i| *x = mix(*x) ^ i as u64, &mut items, index = i, processes = 3);
        assert!(items.into_iter().eq((0..2_000).map(|x| mix(x) ^ x)));
    });
}

#[test]
fn below_a_failure_all_is_changed_and_nothing_twice() {
    #[parmap]
    fn step(x: &mut u64) {
        mix(*x);
        if *x == 1_300 || *x == 1_350 {
            resume_unwind(Box::new(*x));
        }
        *x += 10_000;
    }
    every_order(|| {
        for kind in 0..3 {
            let mut items: Vec<u64> = (0..2_000).collect();
            let call = || match kind {
                0 => step(&mut items),
                1 => step(each(&mut items)),
                _ => par_map!(|x| step(x), &mut items),
            };
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&1_300_u64));
            for (i, x) in items.iter().enumerate() {
                let i = i as u64;
                assert!(*x == i + 10_000 || *x == i && i >= 1_300, "{i} became {x}");
            }
        }
    });
}
