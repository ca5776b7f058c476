//! Every collection type, at every length and width: the plain loop's results in the plain loop's order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicIsize, Ordering::SeqCst};

use parmap::{each, indexed, par_map, parmap, sections};
use rayon::prelude::*;

use crate::widths::{LENGTHS, every_length, every_order, every_schedule};

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn triple(x: u64, processes: usize, chunksize: usize) -> u64 {
    let _ = (processes, chunksize);
    x.wrapping_mul(3) ^ x >> 3
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn triple_of(x: &u64, processes: usize, chunksize: usize) -> u64 {
    triple(*x, processes, chunksize)
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn increment(x: &mut u64, processes: usize, chunksize: usize) -> u64 {
    let _ = (processes, chunksize);
    *x += 1;
    *x
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn sum(part: &[u64], processes: usize, chunksize: usize) -> u64 {
    let _ = (processes, chunksize);
    part.iter().sum()
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn reverse(part: &mut [u64], processes: usize, chunksize: usize) -> u64 {
    let _ = (processes, chunksize);
    part.reverse();
    part.len() as u64
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn bytes(text: &str, processes: usize, chunksize: usize) -> usize {
    let _ = (processes, chunksize);
    text.len()
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn shout(text: String, processes: usize, chunksize: usize) -> String {
    let _ = (processes, chunksize);
    text + "!"
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn ends(section: Range<usize>, processes: usize, chunksize: usize) -> (usize, usize) {
    let _ = (processes, chunksize);
    (section.start, section.end)
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn entry((key, value): (&u64, &String), processes: usize, chunksize: usize) -> String {
    let _ = (processes, chunksize);
    format!("{key}{value}")
}

#[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
fn mark((key, value): (&u64, &mut String), processes: usize, chunksize: usize) -> u64 {
    let _ = (processes, chunksize);
    value.push('!');
    *key
}

fn numbers(length: usize) -> Vec<u64> {
    (0..length as u64).map(|i| i * 7 + 1).collect()
}

/// The same as a deque that goes round the end of its memory.
fn wrapped(length: usize) -> VecDeque<u64> {
    let mut deque = VecDeque::with_capacity(length);
    for number in numbers(length / 2).into_iter().rev() {
        deque.push_front(number);
    }
    deque.extend(&numbers(length)[length / 2..]);
    assert!(length < 4 || !deque.as_slices().1.is_empty());
    deque
}

fn looped(items: &[u64]) -> Vec<u64> {
    items.iter().map(|x| x.wrapping_mul(3) ^ x >> 3).collect()
}

#[test]
fn items_by_value() {
    every_length(|length, p, c| {
        let items = numbers(length);
        let expected = looped(&items);
        assert_eq!(triple(items.clone(), p, c), expected);
        assert_eq!(triple(items.clone().into_boxed_slice(), p, c), expected);
        assert_eq!(triple(wrapped(length), p, c), expected);
        assert_eq!(triple(each(items.clone()), p, c), expected);
        assert_eq!(triple(each(items.iter().copied().filter(|_| true)), p, c), expected);
        assert_eq!(triple(indexed(items.clone()), p, c), expected);
        assert_eq!(triple(indexed(items.par_iter().copied()), p, c), expected);
    });
}

#[test]
fn items_that_own_memory() {
    every_length(|length, p, c| {
        let items: Vec<String> = numbers(length).iter().map(u64::to_string).collect();
        let expected: Vec<String> = items.iter().map(|text| text.clone() + "!").collect();
        assert_eq!(shout(items.clone(), p, c), expected);
        assert_eq!(shout(&items, p, c), expected);
        assert_eq!(shout(each(items.clone()), p, c), expected);
        assert_eq!(shout(items, p, c), expected);
    });
}

#[test]
fn items_by_reference_and_cloned() {
    every_length(|length, p, c| {
        let items = numbers(length);
        let expected = looped(&items);
        assert_eq!(triple_of(&items, p, c), expected);
        assert_eq!(triple_of(&items[..], p, c), expected);
        assert_eq!(triple(&items, p, c), expected);
        assert_eq!(triple(&items[..], p, c), expected);
        let deque = wrapped(length);
        assert_eq!(triple_of(&deque, p, c), expected);
        assert_eq!(triple(&deque, p, c), expected);
        assert_eq!(triple_of(each(&items), p, c), expected);
        assert_eq!(triple_of(indexed(&items), p, c), expected);
    });
}

#[test]
fn items_by_mutable_reference() {
    every_length(|length, p, c| {
        let expected: Vec<u64> = numbers(length).iter().map(|x| x + 1).collect();
        let check = |results: Vec<u64>, after: Vec<u64>| {
            assert_eq!(results, expected);
            assert_eq!(after, expected);
        };
        let mut items = numbers(length);
        let results = increment(&mut items, p, c);
        check(results, items);
        let mut items = numbers(length);
        let results = increment(&mut items[..], p, c);
        check(results, items);
        let mut items = wrapped(length);
        let results = increment(&mut items, p, c);
        check(results, items.into());
        let mut items = numbers(length);
        let results = increment(each(&mut items), p, c);
        check(results, items);
        let mut items = numbers(length);
        let results = increment(indexed(&mut items), p, c);
        check(results, items);
    });
}

#[test]
fn arrays() {
    fn check<const N: usize>() {
        let items: [u64; N] = std::array::from_fn(|i| i as u64);
        let expected = looped(&items);
        every_schedule(|p, c| {
            assert_eq!(triple(items, p, c), expected);
            assert_eq!(triple(&items, p, c), expected);
            assert_eq!(triple_of(&items, p, c), expected);
            let mut changed = items;
            let results = increment(&mut changed, p, c);
            assert_eq!(results, changed);
            let texts = items.map(|x| x.to_string());
            assert_eq!(bytes(&texts, p, c), texts.each_ref().map(String::len));
            let rows = items.map(|x| vec![x; 3]);
            assert_eq!(sum(&rows, p, c), items.map(|x| 3 * x));
        });
    }
    check::<0>();
    check::<1>();
    check::<2>();
    check::<26>();
    check::<1000>();
}

macro_rules! integer_ranges {
    ($($t:ident)*) => {$(
        #[test]
        fn $t() {
            #[parmap(global = (processes, chunksize), processes = processes, chunksize = chunksize)]
            fn twice(x: $t, processes: usize, chunksize: usize) -> ($t, bool) {
                let _ = (processes, chunksize);
                (x, x % 2 == 0)
            }
            let expected = |range: &mut dyn Iterator<Item = $t>| range.map(|x| (x, x % 2 == 0)).collect::<Vec<_>>();
            every_schedule(|p, c| {
                for length in [0, 1, 2, 24, 25, 26, 51, 127] {
                    let (low, high) = (<$t>::MIN, <$t>::MIN + length);
                    assert_eq!(twice(low..high, p, c), expected(&mut (low..high)));
                    assert_eq!(twice(low..=high, p, c), expected(&mut (low..=high)));
                    let (low, high) = (<$t>::MAX - length, <$t>::MAX);
                    assert_eq!(twice(low..high, p, c), expected(&mut (low..high)));
                    assert_eq!(twice(low..=high, p, c), expected(&mut (low..=high)));
                }
                // All of the type, where that is not too long.
                if size_of::<$t>() == 1 {
                    assert_eq!(twice(<$t>::MIN..=<$t>::MAX, p, c), expected(&mut (<$t>::MIN..=<$t>::MAX)));
                }
                let (low, high) = (3, 1);
                assert_eq!(twice(low..high, p, c), []);
                assert_eq!(twice(low..=high, p, c), []);
            });
        }
    )*};
}

mod ranges {
    use super::*;

    integer_ranges!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

    #[test]
    fn long_ones() {
        every_length(|length, p, c| {
            let expected = looped(&(0..length as u64).collect::<Vec<_>>());
            assert_eq!(triple(0..length as u64, p, c), expected);
        });
    }
}

#[test]
fn cuts_of_slices() {
    every_length(|length, p, c| {
        let data = numbers(length);
        let sums = |parts: &mut dyn Iterator<Item = &[u64]>| parts.map(|part| part.iter().sum()).collect::<Vec<u64>>();
        for size in [1, 7, 26] {
            assert_eq!(sum(data.chunks(size), p, c), sums(&mut data.chunks(size)));
            assert_eq!(sum(data.chunks_exact(size), p, c), sums(&mut data.chunks_exact(size)));
            assert_eq!(sum(data.rchunks(size), p, c), sums(&mut data.rchunks(size)));
            assert_eq!(sum(data.windows(size), p, c), sums(&mut data.windows(size)));
            let (mut ours, mut theirs) = (data.clone(), data.clone());
            let lengths = theirs.chunks_mut(size).map(|part| (part.reverse(), part.len() as u64).1).collect::<Vec<_>>();
            assert_eq!(reverse(ours.chunks_mut(size), p, c), lengths);
            assert_eq!(ours, theirs);
            theirs.chunks_exact_mut(size).for_each(<[u64]>::reverse);
            assert_eq!(reverse(ours.chunks_exact_mut(size), p, c), vec![size as u64; data.len() / size]);
            assert_eq!(ours, theirs);
        }
    });
}

#[test]
fn sections_of_a_length() {
    every_length(|length, p, c| {
        for size in [1, 7, length.max(1), length + 1] {
            let expected: Vec<_> = (0..length).step_by(size).map(|start| (start, length.min(start + size))).collect();
            assert_eq!(ends(sections(length, size), p, c), expected);
        }
        let list: Vec<_> = sections(length, 7).collect();
        assert_eq!(ends(&list, p, c), ends(sections(length, 7), p, c));
    });
}

#[test]
fn maps_and_sets() {
    every_length(|length, p, c| {
        let pairs = || (0..length as u64).map(|i| (i * 31 % 100_003, i.to_string()));
        let (mut hashed, mut sorted): (HashMap<_, _>, BTreeMap<_, _>) = (pairs().collect(), pairs().collect());
        let text = |(key, value): (&u64, &String)| format!("{key}{value}");
        assert_eq!(entry(&hashed, p, c), hashed.iter().map(text).collect::<Vec<_>>());
        assert_eq!(entry(&sorted, p, c), sorted.iter().map(text).collect::<Vec<_>>());
        let keys: Vec<u64> = hashed.keys().copied().collect();
        assert_eq!(mark(&mut hashed, p, c), keys);
        let keys: Vec<u64> = sorted.keys().copied().collect();
        assert_eq!(mark(&mut sorted, p, c), keys);
        assert!(hashed.values().chain(sorted.values()).all(|value| value.ends_with('!')));
        let (hashed, sorted): (HashSet<u64>, BTreeSet<u64>) =
            (keys.iter().copied().collect(), keys.into_iter().collect());
        assert_eq!(triple_of(&hashed, p, c), looped(&hashed.iter().copied().collect::<Vec<_>>()));
        assert_eq!(triple_of(&sorted, p, c), looped(&sorted.iter().copied().collect::<Vec<_>>()));
    });
}

#[test]
fn strings_and_rows_are_lent() {
    every_length(|length, p, c| {
        let texts: Vec<String> = (0..length).map(|i| "x".repeat(i % 13)).collect();
        let expected: Vec<usize> = texts.iter().map(String::len).collect();
        assert_eq!(bytes(&texts, p, c), expected);
        assert_eq!(bytes(&texts[..], p, c), expected);
        assert_eq!(bytes(each(texts.iter().map(String::as_str)), p, c), expected);
        let rows: Vec<Vec<u64>> = (0..length).map(|i| numbers(i % 5)).collect();
        let expected: Vec<u64> = rows.iter().map(|row| row.iter().sum()).collect();
        assert_eq!(sum(&rows, p, c), expected);
        assert_eq!(sum(&rows[..], p, c), expected);
    });
}

#[test]
fn paths_are_lent() {
    #[parmap]
    fn depth(path: &Path) -> usize {
        path.components().count()
    }
    let paths = [PathBuf::from("a/b"), PathBuf::from("c")];
    assert_eq!(depth(&paths), [2, 1]);
    assert_eq!(depth(&paths[..]), [2, 1]);
    assert_eq!(depth(&paths.to_vec()), [2, 1]);
    assert_eq!(depth(&paths[0]), 2);
}

#[test]
fn one_item_where_a_plain_call_would_coerce() {
    let (text, boxed, mut data) = (String::from("four"), Box::new(5_u64), vec![1, 2, 3]);
    assert_eq!(bytes(&text, 0, 0), 4);
    assert_eq!(bytes("four", 0, 0), 4);
    assert_eq!(triple_of(&boxed, 0, 0), triple(5, 0, 0));
    assert_eq!(sum(&data, 0, 0), 6);
    assert_eq!(sum(&[1, 2], 0, 0), 3);
    assert_eq!(sum(&data[1..], 0, 0), 5);
    assert_eq!(reverse(&mut data, 0, 0), 3);
    assert_eq!(reverse(&mut [1, 2], 0, 0), 2);
    assert_eq!(data, [3, 2, 1]);
    assert_eq!(ends(3..5, 0, 0), (3, 5));
    assert_eq!(shout("hey".to_owned(), 0, 0), "hey!");
}

#[test]
fn values_without_size() {
    #[derive(Debug, PartialEq)]
    struct Nothing;

    #[parmap]
    fn nothing(_: ()) -> Nothing {
        Nothing
    }
    for length in LENGTHS {
        assert!(nothing(vec![(); length]).into_iter().eq((0..length).map(|_| Nothing)));
        assert!(nothing(&vec![(); length]).into_iter().eq((0..length).map(|_| Nothing)));
    }
}

/// A result without a size, which is counted while it lives.
#[derive(Debug)]
struct Weightless;

static LIVING: AtomicIsize = AtomicIsize::new(0);

impl Weightless {
    fn new(_of: u64) -> Self {
        LIVING.fetch_add(1, SeqCst);
        Weightless
    }
}

impl Drop for Weightless {
    fn drop(&mut self) {
        LIVING.fetch_sub(1, SeqCst);
    }
}

#[test]
fn results_without_size_are_kept_and_dropped_once() {
    every_order(|| {
        for length in [0, 1, 2, 1_000] {
            let check = |call: &dyn Fn() -> Vec<Weightless>| {
                let results = call();
                assert_eq!((results.len(), LIVING.load(SeqCst)), (length as usize, length as isize));
                drop(results);
                assert_eq!(LIVING.load(SeqCst), 0);
            };
            let slow = |x| (crate::oracle::mix(x), Weightless::new(x)).1;
            check(&|| par_map!(slow, 0..length));
            check(&|| par_map!(slow, each(0..length)));
            check(&|| par_map!(slow, each((0..length).filter(|_| true))));
            check(&|| par_map!(slow, indexed((0..length as u32).into_par_iter().map(u64::from))));
            check(&|| par_map!(|x| Some(slow(x)), each(0..length), try).unwrap());
            let fail = |x: u64| if x == 900 { Err(x) } else { Ok(slow(x)) };
            assert_eq!(par_map!(fail, each(0..1_000), try).map(|all| all.len()), Err(900));
            assert_eq!(LIVING.load(SeqCst), 0);
        }
    });
}

#[test]
fn rayon_adaptors_run_where_the_function_does() {
    every_length(|length, p, c| {
        let (left, right) = (numbers(length), numbers(length));
        let pairs = left.par_iter().zip(&right).enumerate().map(|(i, (a, b))| a * b + i as u64);
        let expected: Vec<u64> = left.iter().zip(&right).enumerate().map(|(i, (a, b))| a * b + i as u64).collect();
        assert_eq!(triple(indexed(pairs), p, c), looped(&expected));
        let expected: Vec<u64> = left.iter().rev().skip(1).copied().collect();
        assert_eq!(triple(indexed(left.par_iter().rev().skip(1).copied()), p, c), looped(&expected));
    });
}

#[test]
fn an_iterator_is_pulled_in_order_and_never_after_its_end() {
    every_schedule(|p, c| {
        let mut next = 0;
        let mut ended = false;
        let items = std::iter::from_fn(|| {
            assert!(!ended, "pulled after its end");
            next += 1;
            ended = next > 5_000;
            (!ended).then_some(next)
        });
        assert_eq!(triple(each(items), p, c), looped(&(1..=5_000).collect::<Vec<_>>()));
    });
}
