//! Every stage and every end of `pipeline!`, with closures and with functions.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::{parmap, pipeline};
use std::collections::{HashMap, HashSet};

#[parmap]
fn length(word: &str) -> usize {
    word.len()
}

fn is_long(word: &str) -> bool {
    word.len() > 2
}

fn letters(word: String) -> Vec<char> {
    word.chars().collect()
}

fn add(sum: usize, x: usize) -> usize {
    sum + x
}

fn main() {
    let words = ["one", "two", "six", "a"].map(str::to_owned);
    let lengths: Vec<usize> = pipeline!(&words, par(length), collect());
    assert_eq!(lengths, [3, 3, 3, 1]);
    assert_eq!(pipeline!(words.iter().map(String::as_str), par(length), sum()), 10);
    assert_eq!(pipeline!(&words, par_filter(|word| is_long(word)), par(str::len), count()), 3);
    assert_eq!(pipeline!(words.clone(), par_filter(is_long), par_flat_map(letters), count()), 9);
    assert_eq!(pipeline!(words.clone(), serial_filter(is_long), serial_flat_map(letters), count()), 9);
    assert_eq!(pipeline!(words.clone(), par_filter_map(|word| word.chars().next()), collect()), ['o', 't', 's', 'a']);
    let mut seen = HashSet::new();
    let first = pipeline!(0..100, par(|x| x % 7), serial_filter(|x| seen.insert(*x)), collect());
    assert_eq!((first, seen.len()), (vec![0, 1, 2, 3, 4, 5, 6], 7));
    let squares = |x: u64| x * x;
    assert_eq!(pipeline!(1..4_u64, par(squares), par(squares), serial(squares), fold(1, |a, x| a * x)), 1_679_616);
    assert_eq!(pipeline!(lengths, serial_filter_map(|x| x.checked_sub(2)), fold(0, add)), 3);
    let mut lines = Vec::new();
    pipeline!(0..3, par_flat_map(|x| vec![x; x]), for_each(|x| lines.push(x)));
    assert_eq!(lines, [1, 2, 2]);
    let (sender, receiver) = std::sync::mpsc::channel();
    pipeline!(0..3, serial(|x| sender.send(x).unwrap()), for_each(drop));
    drop(sender);
    assert_eq!(receiver.iter().sum::<i32>(), 3);
    let table: HashMap<_, _> = pipeline!(0..3_u8, par(|x| (x, x + 1)), collect()).into_iter().collect();
    assert_eq!(table[&2], 3);
    assert_eq!(pipeline!(Vec::<f64>::new(), sum()), 0.0);
}
