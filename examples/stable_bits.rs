//! How many results has one sum? A million numbers added up again and again, at 1 to 16 threads, by parmap and by rayon.
//!
//! The numbers are of either sign and from 10^-12 to 10^12 in size, so that another order of additions is another sum.
//! `reduce = sum` adds in a tree that the number of items alone decides, `fold` in the order of the plain loop; rayon's
//! `sum` adds in an order that the threads decide among themselves. The program fails if parmap ever finds a second
//! result, or `fold` another than the plain loop; rayon's count is only printed.
//!
//! ```text
//! cargo run --release --example stable_bits
//! cargo run --release --example stable_bits -- --runs 5 --length 100000
//! ```
#![forbid(unsafe_code)]

use std::{collections::BTreeSet, error::Error, process::ExitCode};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use parmap::{Settings, par_map, parmap};
use rayon::{ThreadPoolBuilder, prelude::*};

/// How much to add up, and how often.
#[derive(Parser)]
#[command(about = "Counts the different results of one sum, by parmap and by rayon")]
struct Flags {
    /// Each sum is made this many times at each number of threads
    #[arg(long, default_value = "50", value_parser = positive)]
    runs: usize,
    /// So many numbers are added up
    #[arg(long, default_value = "1000000", value_parser = positive)]
    length: usize,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

const MOST_THREADS: usize = 16;

/// A number; called with many, their sum.
#[parmap(reduce = sum)]
fn sum(x: &f64) -> f64 {
    *x
}

/// The sum as the plain loop adds it up, of items that are made in parallel.
fn sum_in_order(numbers: &[f64]) -> f64 {
    par_map!(|x| *x, numbers, fold = (0.0, |total, x| total + x))
}

/// What `fold` is checked against.
fn plain_loop(numbers: &[f64]) -> f64 {
    let mut total = 0.0;
    for x in numbers {
        total += x;
    }
    total
}

/// The results of many calls.
#[derive(Default)]
struct Results {
    calls: usize,
    bits: BTreeSet<u64>,
}

impl Results {
    /// Of calls under each of the `settings`, so many `runs` of each.
    fn under(settings: impl IntoIterator<Item = Settings>, runs: usize, call: impl Fn() -> f64) -> Self {
        let mut results = Results::default();
        for settings in settings {
            parmap::with(settings, || results.repeat(runs, &call));
        }
        results
    }

    fn repeat(&mut self, runs: usize, call: impl Fn() -> f64) {
        self.calls += runs;
        self.bits.extend((0..runs).map(|_| call().to_bits()));
    }

    fn row(&self, what: &str, how: &str) -> [String; 6] {
        let values = || self.bits.iter().copied().map(f64::from_bits);
        let least = values().fold(f64::INFINITY, f64::min);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        let [least, most] = [least, most].map(|value| format!("{value:.17e}"));
        [what.to_owned(), how.to_owned(), self.calls.to_string(), self.bits.len().to_string(), least, most]
    }
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stable_bits: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let runs = flags.runs;
    let numbers = mixed_magnitudes(flags.length)?;
    let widths = || (1..=MOST_THREADS).map(|threads| Settings::new().processes(threads));
    let shuffled =
        (1..=runs as u64).map(|seed| Settings::new().processes(1 + seed as usize % MOST_THREADS).shuffle(seed));
    let chunked = [1, 25, 1_000, 300_000].map(|items| Settings::new().processes(4).chunksize(items));

    let plain = plain_loop(&numbers);
    let reduced = Results::under(widths(), runs, || sum(&numbers));
    let reduced_shuffled = Results::under(shuffled, 1, || sum(&numbers));
    let reduced_chunked = Results::under(chunked, runs, || sum(&numbers));
    let folded = Results::under(widths(), runs.div_ceil(10), || sum_in_order(&numbers));
    let rayon = sums_by_rayon(&numbers, runs)?;

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["sum", "threads", "calls", "results", "the least", "the greatest"]);
    table.add_row(reduced.row("parmap, reduce = sum", "1 to 16"));
    table.add_row(reduced_shuffled.row("parmap, reduce = sum", "1 to 16, shuffled"));
    table.add_row(reduced_chunked.row("parmap, reduce = sum", "4, chunks of 1 to 300,000"));
    table.add_row(folded.row("parmap, fold", "1 to 16"));
    table.add_row(rayon.row("rayon, sum", "1 to 16"));
    for number in table.column_iter_mut().skip(2) {
        number.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    println!();
    println!("The plain loop adds {} numbers up to {plain:.17e}.", numbers.len());

    let reduced: BTreeSet<u64> =
        [reduced, reduced_shuffled, reduced_chunked].into_iter().flat_map(|r| r.bits).collect();
    if reduced.len() != 1 {
        return Err(format!("`reduce = sum` has {} results", reduced.len()).into());
    }
    if folded.bits != BTreeSet::from([plain.to_bits()]) {
        return Err("`fold` has not the bits of the plain loop".into());
    }
    println!("`reduce = sum` has 1 result, `fold` that of the plain loop, rayon's `sum` has {}.", rayon.bits.len());
    Ok(())
}

fn sums_by_rayon(numbers: &[f64], runs: usize) -> Result<Results, rayon::ThreadPoolBuildError> {
    let mut results = Results::default();
    for threads in 1..=MOST_THREADS {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
        pool.install(|| results.repeat(runs, || numbers.par_iter().sum()));
    }
    Ok(results)
}

/// `length` numbers of either sign, from 2^-40 to 2^40 in size, the same on every machine and in every run.
///
/// Three multiples of irrational numbers, modulo 1, are spread evenly: they are the fraction, the exponent and the sign.
fn mixed_magnitudes(length: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    // 2^64 times the fractional parts of the golden ratio and of the square roots of 2 and 3.
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    const SQUARE_ROOT_OF_2: u64 = 0x6a09_e667_f3bc_c908;
    const SQUARE_ROOT_OF_3: u64 = 0xbb67_ae85_84ca_a73b;
    let mut numbers = Vec::new();
    numbers.try_reserve_exact(length).map_err(|_| format!("{length} numbers do not fit in memory"))?;
    numbers.extend((1..=length as u64).map(|i| {
        let fraction = i.wrapping_mul(GOLDEN) >> 12;
        let exponent = 1023 - 40 + ((u128::from(i.wrapping_mul(SQUARE_ROOT_OF_2)) * 80) >> 64) as u64;
        let sign = i.wrapping_mul(SQUARE_ROOT_OF_3) >> 63;
        f64::from_bits(sign << 63 | exponent << 52 | fraction)
    }));
    Ok(numbers)
}
