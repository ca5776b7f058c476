//! `into = &mut out`: results written in their places, and every place valid whatever happens.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use parmap::{each, indexed, par_map, sections};
use rayon::prelude::*;

use crate::{
    counted::{Census, Counted},
    oracle::mix,
    widths::every_order,
};

/// Some lengths, of which one is large.
const SOME: [usize; 5] = [0, 1, 2, 130, 3_000];

#[test]
fn every_collection_is_mapped_into_its_places() {
    for n in SOME {
        let items: Vec<u64> = (0..n as u64).collect();
        let expected: Vec<u64> = items.iter().map(|&x| mix(x)).collect();
        every_order(|| {
            // What is there before is overwritten.
            let check = |call: &dyn Fn(&mut Vec<u64>)| {
                let mut out = vec![99; n];
                call(&mut out);
                assert_eq!(out, expected);
            };
            check(&|out| par_map!(mix, 0..n as u64, into = out));
            check(&|out| par_map!(mix, items.clone(), into = out));
            check(&|out| par_map!(|x| mix(*x), &items, into = out));
            check(&|out| par_map!(mix, &items[..], into = &mut out[..]));
            check(&|out| par_map!(mix, items.clone().into_boxed_slice(), into = out));
            check(&|out| par_map!(mix, VecDeque::from(items.clone()), into = out));
            check(&|out| par_map!(|x| mix(*x), &mut items.clone(), into = out));
            check(&|out| par_map!(|part| mix(part[0]), items.chunks(1), into = out));
            check(&|out| par_map!(|section| mix(section.start as u64), sections(n, 1), into = out));
            check(&|out| par_map!(mix, each(items.iter().copied()), into = out));
            check(&|out| par_map!(|x| mix(*x), indexed(items.par_iter()), into = out));
            check(&|out| par_map!(|x| mix(*x), &BTreeSet::from_iter(items.clone()), into = out));
            let map: BTreeMap<u64, u64> = items.iter().map(|&x| (x, x)).collect();
            check(&|out| par_map!(|(key, value)| mix(*key & *value), &map, into = out));
            let (map, set) = (HashMap::<u64, u64>::from_iter(map.clone()), HashSet::<u64>::from_iter(items.clone()));
            let mut out = vec![99; n];
            par_map!(|(key, _)| mix(*key), &map, into = &mut out);
            assert!(out.iter().copied().eq(map.keys().map(|&key| mix(key))));
            par_map!(|x| mix(*x), &set, into = &mut out);
            assert!(out.iter().copied().eq(set.iter().map(|&x| mix(x))));
        });
    }
    let mut out = [0; 3];
    par_map!(|x| x + 1, [1, 2, 3], into = &mut out);
    assert_eq!(out, [2, 3, 4]);
    // Part of something larger, and of another type than the items.
    let mut texts = vec![String::from("old"); 5];
    par_map!(|x: u8| x.to_string(), 1..=3, into = &mut texts[1..4]);
    assert_eq!(texts, ["old", "1", "2", "3", "old"]);
}

#[test]
fn with_other_options() {
    every_order(|| {
        let (mut out, by) = (vec![0; 2_000], 7);
        par_map!(
            |x: u64, by: &u64, i: usize, buffer: &mut Vec<u64>| {
                buffer.clear();
                buffer.push(mix(x) ^ by);
                buffer[0] ^ i as u64
            },
            0..2_000,
            global = &by,
            index = i,
            local(buffer = Vec::new()),
            chunksize = 3,
            processes = 4,
            into = &mut out
        );
        assert!(out.into_iter().eq((0..2_000).map(|x| mix(x) ^ 7 ^ x)));
    });
}

#[test]
fn lengths_must_agree_and_be_known() {
    let calls = &AtomicUsize::new(0);
    let pulled = &AtomicUsize::new(0);
    let body = |x: usize| (calls.fetch_add(1, SeqCst), mix(x as u64)).1;
    let source = |n| (0..n).inspect(|_| _ = pulled.fetch_add(1, SeqCst));
    let check = |expected: &str, call: &dyn Fn(&mut [u64])| {
        let mut out = [5; 3];
        let payload = catch_unwind(AssertUnwindSafe(|| call(&mut out))).unwrap_err();
        let text = payload.downcast_ref::<String>().expect("a text");
        assert!(text.starts_with(expected), "{text}");
        assert_eq!((calls.load(SeqCst), pulled.load(SeqCst), out), (0, 0, [5; 3]), "work before the panic");
    };
    every_order(|| {
        let five = "parmap: `into` has 3 places for 5 items";
        check(five, &|out| par_map!(body, 0..5, into = out));
        check(five, &|out| par_map!(body, vec![1, 2, 3, 4, 5], into = out));
        check(five, &|out| par_map!(body, each(source(5)), into = out));
        check(five, &|out| par_map!(body, indexed(0..5), into = out));
        check(five, &|out| _ = par_map!(|x| body(x).checked_sub(1), 0..5, try, into = out));
        for fewer in [0, 1, 2] {
            let expected = format!("parmap: `into` has 3 places for {fewer} items");
            check(&expected, &|out| par_map!(body, 0..fewer, into = out));
            check(&expected, &|out| par_map!(body, each(source(fewer)), into = out));
        }
        check("parmap: `into` has 0 places for 5 items", &|_| par_map!(body, 0..5, into = &mut []));
        let unknown = "parmap: `into` has 3 places for an iterator that does not know its length";
        check(unknown, &|out| par_map!(body, each(source(3).filter(|_| true)), into = out));
        check(unknown, &|out| par_map!(body, each(source(3).chain(source(9).skip_while(|_| true))), into = out));
    });
}

#[test]
fn old_values_are_dropped_once() {
    every_order(|| {
        for n in SOME {
            let (old, new) = (Census::default(), Census::default());
            let mut out: Vec<Counted<'_>> = (0..n).map(|i| old.count(i)).collect();
            par_map!(|i| new.count(mix(i) as usize), 0..n as u64, into = &mut out);
            assert_eq!((old.living(), new.living()), (0, n as isize));
            assert!(out.iter().map(|place| place.number).eq((0..n).map(|i| mix(i as u64) as usize)));
            par_map!(|i| old.count(i), each(0..n), into = &mut out);
            assert_eq!((old.living(), new.living()), (n as isize, 0));
            drop(out);
            assert_eq!(old.living(), 0);
        }
    });
}

#[test]
fn every_place_is_valid_after_a_failure() {
    every_order(|| {
        for failing in [0, 1, 700, 1_999] {
            for kind in 0..4 {
                let (census, n) = (Census::default(), 2_000);
                let calls: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
                let mut out: Vec<Counted<'_>> = (0..n).map(|i| census.count(i + 10_000)).collect();
                let body = |i: usize| {
                    calls[i].fetch_add(1, SeqCst);
                    mix(i as u64);
                    // One above the lowest fails as well.
                    if i == failing || i == failing + 50 { Err(i) } else { Ok(census.count(i)) }
                };
                let panics = |i: usize| body(i).unwrap_or_else(|i| resume_unwind(Box::new(i)));
                let call = || match kind {
                    0 => par_map!(body, 0..n, try, into = &mut out),
                    1 => par_map!(body, each(0..n), try, into = &mut out),
                    2 => par_map!(|i| Ok::<_, usize>(panics(i)), 0..n, try, into = &mut out),
                    _ => {
                        par_map!(panics, indexed(0..n), into = &mut out);
                        Ok(())
                    }
                };
                let lowest = match catch_unwind(AssertUnwindSafe(call)) {
                    Ok(result) => result.unwrap_err(),
                    Err(payload) => *payload.downcast_ref::<usize>().unwrap(),
                };
                assert_eq!(lowest, failing);
                for (i, place) in out.iter().enumerate() {
                    let is_new = calls[i].load(SeqCst) > 0 && i != failing && i != failing + 50;
                    assert_eq!(place.number, if is_new { i } else { i + 10_000 }, "place {i}");
                    assert!(is_new || i >= failing, "what lies below the failure is done");
                }
                assert_eq!(census.living(), n as isize);
                drop(out);
                assert_eq!(census.living(), 0);
            }
        }
    });
}

#[test]
fn try_gives_nothing_but_whether_it_went_well() {
    every_order(|| {
        let mut out = vec![0; 500];
        let half = |x: u64| if x % 2 == 0 { Ok(x / 2) } else { Err(x) };
        assert_eq!(par_map!(half, (0..500).map(|x| x * 2).collect::<Vec<_>>(), try, into = &mut out), Ok(()));
        assert!(out.iter().copied().eq(0..500));
        assert_eq!(par_map!(half, vec![8; 500], try, into = &mut out), Ok(()));
        assert_eq!(out, [4; 500]);
        assert_eq!(par_map!(half, 0..500_u64, try, into = &mut out), Err(1));
        assert_eq!(out[..2], [0, 4]);
        let some = |x: u64| (x < 400).then_some(x);
        assert_eq!(par_map!(some, each(0..500_u64), try, into = &mut out), None);
        assert!(out[..400].iter().copied().eq(0..400));
        assert_eq!(out[400], 4);
    });
}
