//! `verify`: passes for what gives the loop's result, and says what differs for what does not.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use parmap::{Verified, each, par_map, parmap, verify};

use crate::{
    oracle::mix,
    process::{in_a_process_of_its_own, is_child},
};

#[parmap]
fn pure(x: u64) -> u64 {
    mix(x)
}

/// Which item gets which number is left to chance.
#[parmap(global = next)]
fn number(_item: u64, next: &AtomicUsize) -> usize {
    next.fetch_add(1, Relaxed)
}

#[test]
fn what_does_not_depend_on_order_passes() {
    let expected: Vec<u64> = (0..2_000).map(mix).collect();
    assert_eq!(verify(|| pure(0..2_000)), expected);
    assert_eq!(verify(|| pure(each(0..2_000))), expected);
    assert_eq!(verify(|| pure(7)), mix(7));
    assert_eq!(verify(|| par_map!(|x| x / 3, 0..2_000_u64, reduce = max)), Some(666));
    let halves = |x: i64| if x == 900 { Err(format!("no {x}")) } else { Ok(x as f64 / 2.0) };
    assert_eq!(verify(|| par_map!(halves, 0..2_000_i64, try)), Err("no 900".to_owned()));
    // What the call changes is set up anew.
    let mut seen = 0;
    verify(|| {
        let mut out = vec![0; 500];
        par_map!(|x| mix(x), 0..500_u64, into = &mut out);
        seen += 1;
        (out, seen > 0)
    });
    assert!(seen > 3, "only {seen} runs");
}

/// The text of the panic that `check` ends with.
fn message<R>(check: impl FnOnce() -> R) -> String {
    let payload: Box<dyn Any + Send> = catch_unwind(AssertUnwindSafe(|| drop(check()))).unwrap_err();
    payload.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn the_first_difference_is_told_with_its_index_and_both_values() {
    let orders = Mutex::new(Vec::new());
    let text = message(|| {
        verify(|| {
            let numbers = number(0..500, &AtomicUsize::new(0));
            orders.lock().unwrap().push(numbers.clone());
            numbers
        })
    });
    let orders = orders.into_inner().unwrap();
    let (plain, other) = (&orders[0], orders.last().unwrap());
    assert!(plain.iter().copied().eq(0..500), "the first is the plain loop");
    let index = (0..500).find(|&i| plain[i] != other[i]).unwrap();
    let expected = format!("differs from the plain loop at index {index}: {index} there, {} here", other[index]);
    assert!(text.starts_with("parmap: processes = ") && text.ends_with(&expected), "{text}");
}

#[test]
fn a_collector_that_depends_on_order_is_caught() {
    // In the order of arrival: the bug that it is for.
    let collect = || {
        let all = Mutex::new(Vec::new());
        par_map!(|x: u64| all.lock().unwrap().push(x), 0..300_u64);
        all.into_inner().unwrap()
    };
    assert!(message(|| verify(collect)).contains("differs from the plain loop at index "));
    let shorter = Mutex::new(500);
    let text = message(|| {
        verify(|| {
            *shorter.lock().unwrap() -= 1;
            pure(0..*shorter.lock().unwrap())
        })
    });
    assert!(text.ends_with("in length: 499 there, 498 here"), "{text}");
}

/// Numbers by name; a type of one's own.
#[derive(Debug)]
struct Histogram {
    bins: Vec<usize>,
}

impl Verified for Histogram {
    fn difference(&self, other: &Self) -> Option<String> {
        Some(format!("in its bins {}", self.bins.difference(&other.bins)?))
    }
}

#[test]
fn types_of_ones_own() {
    let good = verify(|| Histogram { bins: par_map!(|x: usize| x * 2, 0..100_usize) });
    assert_eq!(good.bins[99], 198);
    let text = message(|| verify(|| Histogram { bins: number(0..300, &AtomicUsize::new(0)) }));
    assert!(text.contains("differs from the plain loop in its bins at index "), "{text}");
}

#[test]
fn nan_is_no_difference_and_a_number_is() {
    let root = |x: f64| x.sqrt();
    let numbers: Vec<f64> = (-50..50).map(f64::from).collect();
    assert!(verify(|| par_map!(root, &numbers))[0].is_nan());
    assert!(verify(|| par_map!(root, &numbers, reduce = sum)).is_nan());
    assert!(verify(|| (par_map!(root, &numbers, reduce = product), 1)).0.is_nan());
    let mut runs = 0;
    let text = message(|| {
        verify(|| {
            runs += 1;
            vec![0.0, if runs == 1 { f64::NAN } else { 1.0 }]
        })
    });
    assert!(text.ends_with("at index 1: NaN there, 1.0 here"), "{text}");
}

#[test]
fn maps_and_what_holds_others_are_compared_inside() {
    let differing = |runs: &mut u32| {
        *runs += 1;
        u32::from(*runs > 2)
    };
    let mut runs = 0;
    let text = message(|| verify(|| BTreeMap::from([("a", 1), ("b", differing(&mut runs))])));
    assert!(text.ends_with("at key \"b\": Some(0) there, Some(1) here"), "{text}");
    let mut runs = 0;
    let text = message(|| verify(|| Some((true, vec![7, differing(&mut runs)]))));
    assert!(text.ends_with("at index 1: 0 there, 1 here"), "{text}");
    let mut runs = 0;
    let text = message(|| verify(|| if differing(&mut runs) == 0 { Ok(vec![1]) } else { Err("late") }));
    assert!(text.ends_with("in its value: Ok([1]) there, Err(\"late\") here"), "{text}");
}

#[test]
fn a_difference_is_a_panic_at_the_users_line() {
    let text = in_a_process_of_its_own("verify::a_difference_is_a_panic_at_the_users_line", &[], || {
        message(|| verify(|| number(0..300, &AtomicUsize::new(0))));
    });
    assert!(is_child() || text.contains("verify.rs:"), "{text}");
}
