//! Each option alone: the loop's result, and what the option is for.

use std::{
    collections::HashSet,
    num::Wrapping,
    sync::Mutex,
    thread::{self, ThreadId},
};

use parmap::{Settings, each, indexed, par_map, parmap, with};
use rayon::prelude::*;

use crate::{
    meeting::Meeting,
    oracle::{BY, as_the_loop, mix},
    process::in_a_process_of_its_own,
    widths::{GROUPED, every_order},
};

as_the_loop! {
    global {
        #[parmap(global = by)]
        fn(x: u64, by: &u64) -> u64 { mix(x) ^ by }
        many: (&BY)
        par_map: (global = &BY)
        looped: |i| (&BY).collect::<Vec<_>>()
    }
    several_globals {
        #[parmap(global = (by, name))]
        fn(x: u64, by: u64, name: &str) -> String { format!("{name} {}", mix(x) ^ by) }
        many: (BY, "x")
        par_map: (global = (BY, "x"))
        looped: |i| (BY, "x").collect::<Vec<_>>()
    }
    chunksize {
        #[parmap(chunksize = 10)]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (chunksize = 10)
        looped: |i| ().collect::<Vec<_>>()
    }
    processes {
        #[parmap(processes = 3)]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (processes = 3)
        looped: |i| ().collect::<Vec<_>>()
    }
    index {
        #[parmap(index = i)]
        fn(x: u64, i: usize) -> (usize, u64) { (i, mix(x)) }
        many: ()
        par_map: (index = i)
        looped: |i| (i).collect::<Vec<_>>()
    }
    local {
        #[parmap(local(digits = String::new()))]
        fn(x: u64, digits: &mut String) -> usize {
            *digits = mix(x).to_string();
            digits.len()
        }
        many: ()
        par_map: (local(digits = String::new()))
        looped: |i| (&mut String::new()).collect::<Vec<_>>()
    }
    tried {
        #[parmap(try)]
        fn(x: u64) -> Result<u64, String> {
            if x % 500 == 499 { Err(format!("no {x}")) } else { Ok(mix(x)) }
        }
        many: ()
        par_map: (try)
        looped: |i| ().collect::<Result<Vec<_>, _>>()
    }
    tried_options {
        #[parmap(try)]
        fn(x: u64) -> Option<u64> {
            (x != 500).then(|| mix(x))
        }
        many: ()
        par_map: (try)
        looped: |i| ().collect::<Option<Vec<_>>>()
    }
    reduce_sum {
        #[parmap(reduce = sum)]
        fn(x: u64) -> u64 { mix(x) >> 20 }
        many: ()
        par_map: (reduce = sum)
        looped: |i| ().sum::<u64>()
    }
    reduce_product {
        #[parmap(reduce = product)]
        fn(x: u64) -> Wrapping<u64> { Wrapping(mix(x) | 1) }
        many: ()
        par_map: (reduce = product)
        looped: |i| ().product::<Wrapping<u64>>()
    }
    reduce_min {
        #[parmap(reduce = min)]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (reduce = min)
        looped: |i| ().min()
    }
    reduce_max {
        #[parmap(reduce = max)]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (reduce = max)
        looped: |i| ().max()
    }
    reduce_by_a_function {
        #[parmap(reduce = (String::from("all:"), |a, b| a + &b))]
        fn(x: u64) -> String { char::from(b'a' + (mix(x) % 26) as u8).into() }
        many: ()
        par_map: (reduce = (String::from("all:"), |a, b| a + &b))
        looped: |i| ().fold(String::from("all:"), |a, b| a + &b)
    }
    fold {
        #[parmap(fold = (7, |hash, r| hash.rotate_left(5).wrapping_mul(31) ^ r))]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (fold = (7, |hash: u64, r| hash.rotate_left(5).wrapping_mul(31) ^ r))
        looped: |i| ().fold(7_u64, |hash, r| hash.rotate_left(5).wrapping_mul(31) ^ r)
    }
    fold_into_another_type {
        #[parmap(fold = (Vec::new(), |mut all: Vec<String>, r| { all.push(format!("{r}")); all }))]
        fn(x: u64) -> u64 { mix(x) }
        many: ()
        par_map: (fold = (Vec::new(), |mut all: Vec<String>, r| { all.push(format!("{r}")); all }))
        looped: |i| ().map(|r| format!("{r}")).collect::<Vec<_>>()
    }
}

#[test]
fn closures_and_functions_of_every_kind_of_item() {
    for n in GROUPED {
        let items: Vec<u64> = (0..n as u64).collect();
        let expected: Vec<u64> = items.iter().map(|&x| mix(x)).collect();
        let texts: Vec<String> = items.iter().map(u64::to_string).collect();
        every_order(|| {
            assert_eq!(par_map!(|x| mix(x), items.clone()), expected);
            assert_eq!(par_map!(|x| mix(*x), &items), expected);
            assert_eq!(par_map!(|x: u64| mix(x), &items), expected);
            assert_eq!(par_map!(mix, &items), expected);
            assert_eq!(par_map!(|x| mix(x), each(items.iter().copied())), expected);
            assert_eq!(par_map!(|x| mix(*x), indexed(items.par_iter())), expected);
            assert_eq!(par_map!(|pair| pair.len(), items.chunks(2), reduce = sum), n);
            assert_eq!(par_map!(String::len, &texts, reduce = sum), texts.concat().len());
            assert_eq!(par_map!(|text| text.len(), &texts, reduce = sum), texts.concat().len());
        });
    }
}

/// The order in which a call alone comes to its items.
fn visited(call: impl FnOnce(&Mutex<Vec<usize>>)) -> Vec<usize> {
    let seen = Mutex::new(Vec::new());
    with(Settings::new().processes(1).shuffle(5), || call(&seen));
    seen.into_inner().unwrap()
}

#[test]
fn chunks_are_handed_out_whole() {
    #[parmap(global = seen, chunksize = 25)]
    fn visit(x: usize, seen: &Mutex<Vec<usize>>) {
        seen.lock().unwrap().push(x);
    }
    let check = |order: Vec<usize>| {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1_000), "each item once");
        assert!(order.chunks(25).all(|chunk| chunk[0] % 25 == 0 && chunk.windows(2).all(|two| two[1] == two[0] + 1)));
        assert!(!order.is_sorted());
    };
    check(visited(|seen| visit(0..1_000, seen)));
    check(visited(|seen| visit(each((0..1_000).filter(|_| true)), seen)));
    check(visited(|seen| visit(indexed((0..1_000).into_par_iter()), seen)));
    let visit = |x, seen: &Mutex<Vec<usize>>| seen.lock().unwrap().push(x);
    check(visited(|seen| par_map!(visit, 0..1_000_usize, global = seen, chunksize = 25)));
    check(visited(|seen| with(Settings::new().chunksize(25), || par_map!(visit, 0..1_000_usize, global = seen))));
    check(visited(|seen| {
        _ = par_map!(|x| (visit(x, seen), x).1, 0..1_000_usize, chunksize = 25, reduce = sum);
    }));
    // Chunks of one can be anywhere.
    let order = visited(|seen| par_map!(visit, 0..1_000_usize, global = seen, chunksize = 1));
    assert!(order.chunks(25).any(|chunk| chunk.windows(2).any(|two| two[1] != two[0] + 1)));
}

#[test]
fn one_process_is_the_caller() {
    #[parmap(processes = 1, reduce = (Vec::new(), |a, b| [a, b].concat()))]
    fn who(_item: u32) -> Vec<ThreadId> {
        thread::sleep(std::time::Duration::from_micros(100));
        vec![thread::current().id()]
    }
    let here = thread::current().id();
    assert_eq!(who(0..200), [here; 200]);
    assert_eq!(par_map!(|_| thread::current().id(), 0..200, processes = 1), [here; 200]);
    let all = par_map!(
        |_| thread::current().id(),
        0..200,
        processes = 1,
        fold = (HashSet::new(), |mut all, r| {
            all.insert(r);
            all
        })
    );
    assert_eq!(all, HashSet::from([here]));
}

#[test]
fn two_workers_take_part_whatever_becomes_of_the_results() {
    in_a_process_of_its_own("options::two_workers_take_part_whatever_becomes_of_the_results", &[], || {
        #[parmap(global = meeting, processes = 2)]
        fn map(_item: u32, meeting: &Meeting) -> bool {
            meeting.meet()
        }
        #[parmap(global = meeting, processes = 2, reduce = sum)]
        fn reduce(_item: u32, meeting: &Meeting) -> u32 {
            meeting.meet().into()
        }
        #[parmap(global = meeting, processes = 2, fold = (0, |all: u32, here| all + u32::from(here)))]
        fn fold(_item: u32, meeting: &Meeting) -> bool {
            meeting.meet()
        }
        #[parmap(global = meeting, processes = 2, try)]
        fn tried(_item: u32, meeting: &Meeting) -> Result<(), ()> {
            if meeting.meet() { Ok(()) } else { Err(()) }
        }
        #[parmap(global = meeting, processes = 2, index = i, local(numbers = Vec::new()))]
        fn local(_item: u32, meeting: &Meeting, i: usize, numbers: &mut Vec<usize>) -> Vec<usize> {
            assert!(meeting.meet());
            numbers.push(i);
            numbers.clone()
        }
        #[parmap(global = meeting, processes = 2)]
        fn in_place(met: &mut bool, meeting: &Meeting) {
            *met = meeting.meet();
        }
        let two = || Meeting::of(2);
        assert_eq!(map(0..2, &two()), [true; 2]);
        assert_eq!(reduce(0..2, &two()), 2);
        assert_eq!(fold(0..2, &two()), 2);
        assert_eq!(tried(0..2, &two()), Ok(vec![(); 2]));
        assert_eq!(local(0..2, &two()), [[0], [1]]);
        let mut met = [false; 2];
        in_place(&mut met, &two());
        assert_eq!(met, [true; 2]);
        // The same where only settings ask for a second thread, in another order, and of iterators.
        let settings = Settings::new().processes(2).shuffle(9);
        let meet = |_: u32, meeting: &Meeting| meeting.meet();
        with(settings, || {
            assert_eq!(par_map!(meet, each(0..2), global = &two()), [true; 2]);
            assert_eq!(
                par_map!(|i, two: &Meeting| u32::from(meet(i, two)), each(0..2), global = &two(), reduce = sum),
                2
            );
            assert_eq!(par_map!(meet, 0..2, global = &two(), reduce = min), Some(true));
            assert!(par_map!(meet, indexed(0..2), global = &two(), fold = (true, |all, met| all && met)));
            let mut met = [false; 2];
            par_map!(meet, 0..2, global = &two(), into = &mut met);
            assert_eq!(met, [true; 2]);
            let met = par_map!(|i: u32, two: &Meeting| two.meet().then_some(i), each(0..2), global = &two(), try);
            assert_eq!(met, Some(vec![0, 1]));
        });
    });
}
