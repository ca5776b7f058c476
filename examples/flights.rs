//! Arrival delays of real flights, by carrier or any other column: one annotated function, a group an item.
//!
//! The groups are the items and the table is the global. A group is never split, so each of its numbers is computed by
//! one thread in one order, and `--processes` changes no digit of the result.
//!
//! ```text
//! cargo run --release --example flights
//! cargo run --release --example flights -- dest --processes 2
//! cargo run --release --example flights -- origin --file other_flights.csv.gz
//! ```
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    error::Error,
    fs::File,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use csv::{Reader, StringRecord};
use flate2::read::MultiGzDecoder;
use parmap::parmap;

const FLIGHTS_2013: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/flights.csv.gz");
const DELAY: &str = "arr_delay";
const MISSING: &str = "NA";

/// What to group by, and how many threads to use.
#[derive(Parser)]
#[command(about = "Arrival delays of real flights, by carrier or any other column")]
struct Flags {
    /// The column whose values are the groups
    #[arg(default_value = "carrier")]
    by: String,
    /// At most this many threads work on the groups, 0 for all cores
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// A gzipped CSV file with a header line and a column `arr_delay` [default: the flights out of New York in 2013]
    #[arg(long, hide_default_value = true, default_value = FLIGHTS_2013)]
    file: PathBuf,
}

/// The two columns that the computation needs, one value a flight.
struct Flights {
    keys: Vec<String>,
    /// Delay at arrival in minutes, negative if early.
    delays: Vec<Option<i32>>,
}

/// The rows of the table that have the same key.
struct Group {
    key: String,
    rows: Vec<usize>,
}

struct Summary {
    flights: usize,
    missing: usize,
    /// `None` if no flight of the group has an arrival delay.
    delays: Option<Delays>,
}

/// Of the delays that are known, in minutes.
struct Delays {
    mean: f64,
    median: f64,
    percentile_90: f64,
}

/// Counts the flights of one group and describes their delays; called with many groups, a summary of each, in order.
#[parmap(global = (flights, processes), processes = processes)]
fn summarize(group: &Group, flights: &Flights, processes: usize) -> Summary {
    let mut delays: Vec<i32> = group.rows.iter().filter_map(|&row| flights.delays[row]).collect();
    delays.sort_unstable();
    Summary {
        flights: group.rows.len(),
        missing: group.rows.len() - delays.len(),
        delays: (!delays.is_empty()).then(|| Delays {
            mean: mean(&delays),
            median: percentile(&delays, 50),
            percentile_90: percentile(&delays, 90),
        }),
    }
}

fn mean(values: &[i32]) -> f64 {
    values.iter().copied().map(i64::from).sum::<i64>() as f64 / values.len() as f64
}

/// The `percent`-th percentile of values in ascending order, of which there is at least one, by linear interpolation
/// between closest ranks.
///
/// This is definition 7 of Hyndman and Fan (1996), numpy's default: of n values, number `(n - 1) * percent / 100`,
/// counted from 0, and between two of them their weighted mean.
fn percentile(ascending: &[i32], percent: usize) -> f64 {
    let hundredths = (ascending.len() - 1) * percent;
    let below = ascending[hundredths / 100];
    let above = ascending[hundredths.div_ceil(100)];
    let weight = (hundredths % 100) as f64 / 100.0;
    f64::from(below) + (f64::from(above) - f64::from(below)) * weight
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("flights: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let flights = read(&flags.file, &flags.by).map_err(|error| format!("{}: {error}", flags.file.display()))?;
    let groups = group(&flights);
    let summaries = summarize(&groups, &flights, flags.processes);

    println!("{}", table(&flags.by, &groups, &summaries));
    println!();
    let missing: usize = summaries.iter().map(|summary| summary.missing).sum();
    let (all, parts) = (flights.keys.len(), groups.len());
    println!("{all} flights in {parts} groups. {missing} flights have no arrival delay: they are counted, and left");
    println!("out of mean, median and percentile, which are in minutes.");
    Ok(())
}

fn read(path: &Path, by: &str) -> Result<Flights, Box<dyn Error>> {
    let mut reader = Reader::from_reader(MultiGzDecoder::new(File::open(path)?));
    let header = reader.headers()?;
    let key = column(header, by)?;
    let delay = column(header, DELAY)?;

    let mut flights = Flights { keys: Vec::new(), delays: Vec::new() };
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        // Every record has as many fields as the header: the reader has made sure of it.
        flights.keys.push(record[key].to_owned());
        flights.delays.push(match &record[delay] {
            MISSING => None,
            minutes => Some(minutes.parse().map_err(|_| {
                let line = record.position().map_or(0, csv::Position::line);
                format!("line {line}: `{minutes}` in column {DELAY} is neither a whole number of minutes nor {MISSING}")
            })?),
        });
    }
    Ok(flights)
}

fn column(header: &StringRecord, name: &str) -> Result<usize, String> {
    header.iter().position(|field| field == name).ok_or_else(|| {
        let columns: Vec<&str> = header.iter().collect();
        format!("there is no column `{name}`; the columns are {}", columns.join(", "))
    })
}

/// The groups in the order in which they first appear, each with its rows in the order of the table.
fn group(flights: &Flights) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (row, key) in flights.keys.iter().enumerate() {
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Group { key: key.clone(), rows: Vec::new() });
            groups.len() - 1
        });
        groups[place].rows.push(row);
    }
    groups
}

/// A line a group: numbers in ascending order (the months), then everything else by its letters (the carriers).
fn table(by: &str, groups: &[Group], summaries: &[Summary]) -> Table {
    let mut lines: Vec<(&Group, &Summary)> = groups.iter().zip(summaries).collect();
    lines.sort_by_key(|(group, _)| (group.key.parse().unwrap_or(i64::MAX), &group.key));

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header([by, "flights", "without delay", "mean", "median", "90th percentile"]);
    for (group, summary) in lines {
        // Median and percentile of whole minutes fall on tenths: one decimal shows them in full.
        let delays = match &summary.delays {
            Some(d) => [format!("{:.2}", d.mean), format!("{:.1}", d.median), format!("{:.1}", d.percentile_90)],
            None => ["-", "-", "-"].map(str::to_owned),
        };
        let counts = [summary.flights, summary.missing].map(|count| count.to_string());
        table.add_row([group.key.clone()].into_iter().chain(counts).chain(delays));
    }
    for number in table.column_iter_mut().skip(1) {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}
