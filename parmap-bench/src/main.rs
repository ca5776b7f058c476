//! parmap beside the plain loop and its peers, interleaved in one run, with the machine's capacity in that run.
//!
//! ```text
//! cargo run --release -p parmap-bench
//! cargo run --release -p parmap-bench -- --pipelines
//! ```
//!
//! Each row is one number of items of one cost. A round times a batch of calls of each contender, one contender after
//! the other, so that a machine that drifts drifts for all of them; the best and the median of many rounds are kept. The
//! **capacity** is how much faster two threads (or as many as there are cores) finish independent work than one: no
//! contender can be faster than the loop by more than that.
#![forbid(unsafe_code)]

mod capacity;
mod contenders;
mod pipelines;
mod rounds;

use std::time::Duration;

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{
    contenders::{COSTS, Cost},
    rounds::{Row, measure, measure_one},
};

/// Compares parmap with the plain loop and with peers, at several numbers of items and costs of an item.
#[derive(Parser)]
struct Arguments {
    /// Compare pipelines, and not maps.
    #[arg(long)]
    pipelines: bool,
    /// Seconds to spend on each row.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Numbers of items of maps.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100, 10_000, 1_000_000])]
    items: Vec<u64>,
}

fn main() {
    let arguments = Arguments::parse();
    let time = Duration::from_secs_f64(arguments.seconds);
    if arguments.pipelines { pipelines::compare(time) } else { compare_maps(&arguments.items, time) }
}

/// Prints the table of maps.
fn compare_maps(numbers: &[u64], time: Duration) {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "item",
        "items",
        "loop",
        "parmap tax",
        "loop/parmap best",
        "median",
        "loop/rayon best",
        "median",
        "capacity",
    ]);
    (1..9).for_each(|column| table.column_mut(column).unwrap().set_cell_alignment(CellAlignment::Right));
    for cost in &COSTS {
        for &items in numbers {
            // Where the plain loop alone takes more than a second there is no time for rounds.
            if cost.item_ns * items as f64 <= 1e9 {
                let row = measure(cost, items, time);
                table.add_row(cells(cost, items, &row));
                eprintln!("{} x {items}", cost.name);
            }
        }
    }
    println!("{table}");
    for cost in &COSTS {
        let [plain, annotated] = measure_one(cost, time / 2);
        println!("a call with one item of {}: {plain:.2} ns plain, {annotated:.2} ns annotated", cost.name);
    }
    println!("best and median of rounds; tax: parmap's best less the loop's; ratios above 1 are faster than the loop");
}

/// A row of the table.
fn cells(cost: &Cost, items: u64, row: &Row) -> Vec<String> {
    let tax = row.parmap.best - row.plain.best;
    vec![
        cost.name.to_owned(),
        items.to_string(),
        in_units(row.plain.best),
        if tax < 0.0 { "-".to_owned() } else { in_units(tax) },
        format!("{:.3}", row.plain.best / row.parmap.best),
        format!("{:.3}", row.plain.median / row.parmap.median),
        format!("{:.3}", row.plain.best / row.rayon.best),
        format!("{:.3}", row.plain.median / row.rayon.median),
        format!("{:.2}", row.capacity),
    ]
}

/// A time in nanoseconds, in a unit that leaves it a few digits.
fn in_units(ns: f64) -> String {
    match ns {
        _ if ns < 1e3 => format!("{ns:.0} ns"),
        _ if ns < 1e6 => format!("{:.1} us", ns / 1e3),
        _ => format!("{:.1} ms", ns / 1e6),
    }
}
