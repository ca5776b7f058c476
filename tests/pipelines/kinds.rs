//! Every kind of stage and end, every option, alone and together, against the plain chain.

use std::{
    collections::{BTreeMap, HashMap},
    num::ParseIntError,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use parmap::{parmap, pipeline};

use crate::work::{Cost, every_order, mix};

/// So many items, each dear enough that some thousands are shared.
const ITEMS: u64 = 3_000;

fn work(x: u64) -> u64 {
    Cost::Even(100).pay(x);
    mix(x)
}

#[test]
fn stages_that_leave_out_or_add_items() {
    let expected: Vec<_> = (0..ITEMS)
        .map(work)
        .filter(|x| x % 3 != 0)
        .flat_map(|x| (0..x % 4).map(move |i| x ^ i))
        .filter_map(|x| (x % 5 != 0).then_some(x / 2))
        .scan(0_u64, |sum, x| {
            *sum = sum.wrapping_mul(31) ^ x;
            Some(*sum)
        })
        .collect();
    every_order(|| {
        let mut sum = 0_u64;
        let all_par = pipeline!(
            0..ITEMS,
            par(work),
            par_filter(|x| x % 3 != 0),
            par_flat_map(|x| (0..x % 4).map(move |i| x ^ i)),
            par_filter_map(|x| (x % 5 != 0).then_some(x / 2)),
            serial(|x| {
                sum = sum.wrapping_mul(31) ^ x;
                sum
            }),
            collect(),
        );
        assert_eq!(all_par, expected);
        let (mut sum, mut filtered, mut last) = (0_u64, 0, None);
        let all_serial = pipeline!(
            0..ITEMS,
            par(work),
            serial_filter(|x| {
                filtered += 1;
                x % 3 != 0
            }),
            serial_flat_map(|x| {
                last = Some(x);
                (0..x % 4).map(move |i| x ^ i)
            }),
            par(|x| x),
            serial_filter_map(|x| {
                if x % 5 == 0 {
                    return None;
                }
                sum = sum.wrapping_mul(31) ^ (x / 2);
                Some(sum)
            }),
            collect(),
            in_flight = 3,
        );
        assert_eq!(all_serial, expected);
        assert_eq!((filtered, last), (ITEMS, (0..ITEMS).map(work).rfind(|x| x % 3 != 0)));
    });
}

#[test]
fn ends() {
    let hash = |all: u64, x: u64| all.rotate_left(5) ^ x;
    let floats = |x: u64| x as f64 * 1e-3 + 1e16 * (x % 2) as f64;
    every_order(|| {
        let folded = pipeline!(0..ITEMS, par(work), fold(7, hash));
        assert_eq!(folded, (0..ITEMS).map(work).fold(7, hash));
        let mut seen = Vec::new();
        pipeline!(0..ITEMS, par(work), for_each(|x| seen.push(x)));
        assert!(seen.into_iter().eq((0..ITEMS).map(work)));
        // The bits of the plain loop.
        let sum = pipeline!(0..ITEMS, par(work), par(floats), sum());
        assert_eq!(sum.to_bits(), (0..ITEMS).map(work).map(floats).sum::<f64>().to_bits());
        assert_eq!(pipeline!(0..ITEMS, par(work), par_filter(|x| x % 2 == 0), count()), even());
        assert_eq!(pipeline!(0..0, sum()), 0);
    });
}

fn even() -> usize {
    (0..ITEMS).map(work).filter(|x| x % 2 == 0).count()
}

#[test]
fn no_stage_at_all() {
    every_order(|| {
        assert_eq!(pipeline!(vec!["a", "b"], collect()), ["a", "b"]);
        assert_eq!(pipeline!(0..ITEMS, count()), ITEMS as usize);
    });
}

#[test]
fn globals_and_locals() {
    let (table, made) = ([3, 5, 7_u64], AtomicUsize::new(0));
    let expected: Vec<_> = (0..ITEMS).map(|x| table[(x % 3) as usize] * 10 + 1).collect();
    every_order(|| {
        made.store(0, Relaxed);
        let found = pipeline!(
            0..ITEMS,
            par(
                |x, table: &[u64; 3], ten, buffer: &mut Vec<u64>| {
                    work(x);
                    buffer.push(x);
                    table[(x % 3) as usize] * ten + u64::from(buffer.contains(&x))
                },
                global = (&table, 10),
                local(
                    buffer = {
                        made.fetch_add(1, Relaxed);
                        Vec::new()
                    }
                ),
            ),
            collect(),
        );
        assert_eq!(found, expected);
        let made = made.load(Relaxed);
        assert!((1..=7).contains(&made), "{made} states");
    });
    every_order(|| {
        let filtered = pipeline!(
            0..ITEMS,
            par_filter(
                |x, least, seen| {
                    *seen += 1;
                    *seen > 0 && *x >= least
                },
                global = 10,
                local(seen = 0)
            ),
            serial(|x, plus| x + plus, global = 1),
            serial_filter(|x, most| *x < most, global = 100),
            count(),
        );
        assert_eq!(filtered, 89);
    });
}

#[test]
fn a_local_is_made_for_no_item() {
    let made = AtomicUsize::new(0);
    let make = || made.fetch_add(1, Relaxed);
    every_order(|| {
        let nothing = pipeline!(0..ITEMS, par_filter(|_| false), par(|x, _local| x, local(number = make())), count(),);
        assert_eq!(nothing, 0);
    });
    assert_eq!(made.into_inner(), 0);
}

fn parse(line: &str) -> Result<u64, ParseIntError> {
    line.parse()
}

#[test]
fn tries() {
    let lines: Vec<_> = (0..ITEMS).map(|x| work(x).to_string()).collect();
    every_order(|| {
        let numbers = pipeline!(&lines, par(|line| parse(line), try), collect());
        assert!(numbers.unwrap().into_iter().eq((0..ITEMS).map(work)));
        let options: Option<u64> = pipeline!(
            0..ITEMS,
            par(|x| Some(x), try),
            par_filter(|x| Some(x % 2 == 0), try),
            par_filter_map(|x| Some(Some(x)), try),
            serial_flat_map(|x| Some([x, x]), try),
            fold(0, |sum: u64, x| sum.checked_add(x), try),
        );
        assert_eq!(options, Some((0..ITEMS).filter(|x| x % 2 == 0).map(|x| 2 * x).sum()));
        let mut count = 0;
        let failed: Result<(), u64> = pipeline!(
            0..ITEMS,
            par(work),
            serial_filter(|_| Ok(true), try),
            for_each(|x| { count += 1; if count == 1_000 { Err(x) } else { Ok(()) } }, try),
        );
        assert_eq!((failed, count), (Err(work(999)), 1_000));
    });
}

fn try_in_a_function(lines: &[&str]) -> Result<u64, ParseIntError> {
    let sum = pipeline!(lines, par(|line| parse(line), try), sum())?;
    Ok(sum + 1)
}

#[test]
fn the_value_goes_on_with_a_question_mark() {
    assert_eq!(try_in_a_function(&["1", "2"]), Ok(4));
    assert!(try_in_a_function(&["1", "two"]).is_err());
}

#[parmap(global = table, processes = 2)]
fn look_up(x: u64, table: &[u64]) -> u64 {
    table[x as usize % table.len()]
}

#[parmap]
fn annotated(x: u64) -> u64 {
    mix(x)
}

#[test]
fn annotated_functions_are_stages() {
    let table: Vec<_> = (0..10).map(mix).collect();
    every_order(|| {
        let found = pipeline!(0..ITEMS, par(annotated), par(look_up, global = &table), serial(annotated), collect());
        assert!(found.into_iter().eq((0..ITEMS).map(|x| mix(table[mix(x) as usize % 10]))));
    });
}

#[test]
fn what_is_around_may_be_borrowed() {
    let text: String = (0..ITEMS).map(|x| format!("{} {}\n", x % 17, x % 5)).collect();
    let mut expected = BTreeMap::new();
    for word in text.lines().flat_map(str::split_whitespace) {
        *expected.entry(word).or_insert(0) += 1;
    }
    every_order(|| {
        let mut order: Vec<&str> = Vec::new();
        let counts: HashMap<&str, u64> = pipeline!(
            text.lines(),
            par_flat_map(|line| line.split_whitespace()),
            serial(|word| {
                if !order.contains(&word) {
                    order.push(word);
                }
                word
            }),
            fold(HashMap::new(), |mut counts, word| {
                *counts.entry(word).or_insert(0) += 1;
                counts
            }),
        );
        assert!(counts.into_iter().collect::<BTreeMap<_, _>>() == expected);
        assert_eq!(order[..4], ["0", "1", "2", "3"]);
    });
}

#[test]
fn a_source_that_is_not_sync() {
    let cell = std::cell::Cell::new(0);
    let source = std::iter::from_fn(move || {
        cell.set(cell.get() + 1);
        (cell.get() <= ITEMS).then(|| cell.get())
    });
    assert_eq!(pipeline!(source, par(work), count()), ITEMS as usize);
}

#[test]
fn everything_written_is_evaluated_once_from_left_to_right() {
    let log = Mutex::new(Vec::new());
    let note = |what: &'static str| log.lock().unwrap().push(what);
    let found = pipeline!(
        {
            note("source");
            0..10_u64
        },
        par(
            {
                note("par");
                |x, _| x + 1
            },
            global = {
                note("global");
                0
            },
            processes = {
                note("processes");
                2
            }
        ),
        serial(
            {
                note("serial");
                |x: u64| x
            },
            chunksize = {
                note("chunksize");
                5
            }
        ),
        fold(
            {
                note("init");
                0
            },
            {
                note("fold");
                |sum, x| sum + x
            }
        ),
        processes = {
            note("all processes");
            3
        },
        chunksize = {
            note("all chunks");
            2
        },
    );
    assert_eq!(found, 55);
    let log = log.into_inner().unwrap();
    let position = |what| log.iter().position(|&noted| noted == what).unwrap();
    assert_eq!(log.len(), 10, "{log:?}");
    for pair in ["source", "par", "serial", "init", "fold", "all processes", "all chunks"].windows(2) {
        assert!(position(pair[0]) < position(pair[1]), "{log:?}");
    }
}

#[test]
fn temporaries_live_to_the_end() {
    let count =
        pipeline!(String::from("a b c").split(' '), par(|word| word.len() + String::from("x").as_str().len()), sum(),);
    assert_eq!(count, 6);
}
