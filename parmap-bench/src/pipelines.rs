//! Pipelines: parmap's beside the plain iterator chain and what else one would write, interleaved as the maps are.
//!
//! A row is a stream of items of one cost that goes through one of two [`streams::Shape`]s. All contenders end in the
//! same checksum, which depends on the order of the items and is compared with the chain's.

mod channels;
mod streams;
mod tbb;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use self::{
    streams::{CONTENDERS, LINES, STREAMS, Stream},
    tbb::Tbb,
};
use crate::{
    capacity::Capacity,
    in_units,
    rounds::{ROUNDS, Times, call_ns, calls},
};

/// A stream of no more items has a tax as a whole.
const SHORT: u64 = 100;
/// The item cost at which a pipeline should come near the capacity.
const SHARED: &str = "1 us";

/// Prints the table, with so much time for each row.
pub(crate) fn compare(time: Duration) {
    let mut tbb = Tbb::start().map_err(|why| eprintln!("oneTBB is left out: {why}")).ok();
    let names: Vec<_> = CONTENDERS[1..].iter().copied().chain(tbb.iter().flat_map(|_| tbb::CONTENDERS)).collect();
    let mut header = ["item", "items", "shape", "chain", "parmap tax"].map(str::to_owned).to_vec();
    header.extend(names.iter().map(|name| format!("chain/{name}")));
    header.push("capacity".to_owned());
    let columns = header.len();
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    table.column_iter_mut().skip(3).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let mut notes = Vec::new();
    for stream in STREAMS.as_flattened().iter().chain([&LINES]) {
        let row = measure(stream, tbb.as_mut(), time);
        let mut cells = cells(stream, &row);
        cells.resize(columns - 1, "-".to_owned());
        cells.push(format!("{:.2}", row.capacity));
        table.add_row(cells);
        if stream.item == SHARED {
            let of_capacity = row.chain.best / row.others[0].best / row.capacity;
            notes.push(format!("{} x {}, {}: parmap {of_capacity:.3} of capacity", SHARED, stream.items, stream.shape));
        }
        eprintln!("{} x {}, {}", stream.item, stream.items, stream.shape);
    }
    println!("{table}");
    notes.iter().for_each(|note| println!("{note}"));
    println!(
        "costs: of an item in each parallel stage; tax: parmap's best less the chain's, below 0 where sharing gained"
    );
    println!("ratios: of the best rounds / of the medians, above 1 faster than the chain");
}

/// What one row measured.
struct Row {
    chain: Times,
    /// In the order of the columns.
    others: Vec<Times>,
    capacity: f64,
}

/// Measures one stream, for about as long as it is given, and for [`ROUNDS`] rounds at least.
///
/// # Panics
///
/// If a contender's checksum differs from the chain's.
fn measure(stream: &Stream, mut tbb: Option<&mut Tbb>, time: Duration) -> Row {
    let expected = (stream.contenders[0])(stream.items);
    for (run, name) in stream.contenders.iter().zip(CONTENDERS) {
        assert_eq!(run(stream.items), expected, "{name}, {} x {}, {}", stream.item, stream.items, stream.shape);
    }
    let calls = calls(stream.item_ns * stream.items as f64);
    let mut rounds = vec![Vec::new(); CONTENDERS.len() + tbb::CONTENDERS.len()];
    let mut capacity = Capacity::new();
    let began = Instant::now();
    while rounds[0].len() < ROUNDS || began.elapsed() < time {
        let (here, in_tbb) = rounds.split_at_mut(CONTENDERS.len());
        for (times, run) in here.iter_mut().zip(stream.contenders) {
            times.push(call_ns(calls, || _ = black_box(run(black_box(stream.items)))));
        }
        if let (Some(tbb), Some(steps)) = (tbb.as_deref_mut(), stream.steps) {
            for (times, batch) in in_tbb.iter_mut().zip([1, stream.batch]) {
                let (checksum, ns) = tbb.run(stream.shape, steps, stream.items, batch, calls);
                assert_eq!(checksum, expected, "TBB, {} x {}, {}", stream.item, stream.items, stream.shape);
                times.push(ns);
            }
        }
        capacity.read();
    }
    let mut times = rounds.into_iter().filter(|rounds| !rounds.is_empty()).map(Times::of);
    let chain = times.next().expect("the chain is the first contender");
    Row { chain, others: times.collect(), capacity: capacity.factor() }
}

/// A row of the table but for its last cell.
fn cells(stream: &Stream, row: &Row) -> Vec<String> {
    let tax = row.others[0].best - row.chain.best;
    let ratios = |times: &Times| {
        let digits = if times.best > 10.0 * row.chain.best { 4 } else { 2 };
        let [best, median] = [row.chain.best / times.best, row.chain.median / times.median];
        format!("{best:.digits$} / {median:.digits$}")
    };
    let mut cells = vec![
        stream.item.to_owned(),
        stream.items.to_string(),
        stream.shape.to_string(),
        in_units(row.chain.best),
        if stream.items > SHORT {
            format!("{:.2} ns/item", tax / stream.items as f64)
        } else {
            format!("{tax:.0} ns/stream")
        },
    ];
    cells.extend(row.others.iter().map(ratios));
    cells
}
