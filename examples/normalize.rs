//! Rows of a matrix brought to mean 0 and standard deviation 1 where they lie, in a plain loop and in parallel.
//!
//! A row is an item, borrowed as `&mut`. The function returns nothing, and so does the parallel call: nothing is
//! collected. Then `par_map!` clips the outliers, number by number. The program fails if a number differs by a bit from
//! the plain loop's, or if a row's mean and deviation are not what they should be.
//!
//! ```text
//! cargo run --release --example normalize
//! cargo run --release --example normalize -- --rows 100 --width 50000 --processes 2
//! ```
#![forbid(unsafe_code)]

use std::{
    error::Error,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use parmap::{Settings, par_map, parmap};

/// The size of the job, and how it is shared out.
#[derive(Parser)]
#[command(about = "Normalizes the rows of a matrix in place, in a plain loop and in parallel")]
struct Flags {
    /// Rows of the matrix
    #[arg(long, default_value = "4000", value_parser = positive)]
    rows: usize,
    /// Numbers in a row
    #[arg(long, default_value = "1000", value_parser = positive)]
    width: usize,
    /// Numbers are clipped to at most this many standard deviations
    #[arg(long, default_value = "3", value_parser = limit)]
    limit: f64,
    /// At most this many threads work on a call, 0 for all cores
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// Each of the two ways is timed this many times, in turn
    #[arg(long, default_value = "10", value_parser = positive)]
    rounds: usize,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

fn limit(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number >= 0.0 => Ok(number),
        Ok(_) => Err("it must be at least 0".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Brings a row to mean 0 and standard deviation 1; called with many rows, each of them, in parallel.
///
/// A row of equal numbers becomes zeros.
#[parmap]
fn normalize(row: &mut [f64]) {
    let (mean, deviation) = moments(row);
    let scale = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
    for x in row {
        *x = (*x - mean) * scale;
    }
}

/// Mean and standard deviation, by way of the differences from the first number: of equal numbers these are exactly 0.
fn moments(row: &[f64]) -> (f64, f64) {
    let (length, first) = (row.len() as f64, row.first().copied().unwrap_or(0.0));
    let mean = row.iter().map(|x| x - first).sum::<f64>() / length;
    let squares: f64 = row.iter().map(|x| (x - first - mean) * (x - first - mean)).sum();
    (first + mean, (squares / length).sqrt())
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    // The attribute leaves the number of threads open, so that the caller may set it.
    match parmap::with(Settings::new().processes(flags.processes), || run(&flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("normalize: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let Flags { width, limit, .. } = *flags;
    let raw = readings(flags.rows, width)?;

    let (mut looped, mut parallel) = (raw.clone(), raw.clone());
    let mut best = [Duration::MAX; 2];
    for _ in 0..flags.rounds {
        looped.copy_from_slice(&raw);
        best[0] = best[0].min(time(|| {
            for row in black_box(&mut looped).chunks_mut(width) {
                // One row: the plain function.
                normalize(row);
            }
        }));
        parallel.copy_from_slice(&raw);
        // Many rows: all of them, in parallel.
        best[1] = best[1].min(time(|| normalize(black_box(&mut parallel).chunks_mut(width))));
        same_bits(&looped, &parallel, width)?;
    }
    check_moments(&raw, &parallel, width)?;

    let normalized = parallel.clone();
    for x in &mut looped {
        *x = x.clamp(-limit, limit);
    }
    par_map!(|x| *x = x.clamp(-limit, limit), &mut parallel);
    same_bits(&looped, &parallel, width)?;

    println!("{}", table(&raw, &normalized, &parallel, width));
    println!();
    let [looped, parallel] = best.map(|time| time.as_secs_f64());
    println!("{} rows of {width} numbers, each with the bits of the plain loop.", flags.rows);
    println!("The speed-up over the loop is {:.2} (best of {} rounds each).", looped / parallel, flags.rounds);
    Ok(())
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// What sensors of different kinds might have read: each row with an offset and a gain of its own, and now and then a
/// spike. The last row is of a sensor that is broken and always reads the same.
fn readings(rows: usize, width: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    let length = rows.checked_mul(width).ok_or("the matrix has more numbers than fit in memory")?;
    let mut readings = Vec::new();
    readings.try_reserve_exact(length).map_err(|_| format!("{length} numbers do not fit in memory"))?;
    for row in 0..rows {
        let offset = 20.0 * (row as f64).sin() + 15.0;
        let gain = if row + 1 == rows { 0.0 } else { 1.0 + (row % 97) as f64 };
        readings.extend((0..width).map(|column| {
            let t = column as f64 * 0.05;
            let spike = if (row + column) % 251 == 0 { 8.0 } else { 0.0 };
            offset + gain * (t.sin() + 0.3 * (17.3 * t).cos() + spike)
        }));
    }
    Ok(readings)
}

fn same_bits(expected: &[f64], found: &[f64], width: usize) -> Result<(), String> {
    match expected.iter().zip(found).position(|(a, b)| a.to_bits() != b.to_bits()) {
        None => Ok(()),
        Some(i) => {
            let (a, b) = (expected[i], found[i]);
            Err(format!("row {}, column {}: {a:e} in the plain loop, {b:e} in parallel", i / width, i % width))
        }
    }
}

/// That rows which are not constant have mean 0 and deviation 1, up to rounding, and the others are 0.
fn check_moments(raw: &[f64], normalized: &[f64], width: usize) -> Result<(), String> {
    for (row, (before, after)) in raw.chunks(width).zip(normalized.chunks(width)).enumerate() {
        let (mean, deviation) = moments(after);
        let is_constant = before.iter().all(|x| *x == before[0]);
        let expected = if is_constant { 0.0 } else { 1.0 };
        if mean.abs() > 1e-9 || (deviation - expected).abs() > 1e-9 {
            return Err(format!("row {row}: its mean is {mean:e} and its deviation {deviation:e} after the call"));
        }
    }
    Ok(())
}

/// The first rows and the last one, before and after.
fn table(raw: &[f64], normalized: &[f64], clipped: &[f64], width: usize) -> Table {
    let rows = raw.len() / width;
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["row", "mean", "deviation", "largest", "normalized", "clipped"]);
    for row in (0..rows.min(5)).chain((rows > 5).then(|| rows - 1)) {
        let [raw, normalized, clipped] = [raw, normalized, clipped].map(|matrix| &matrix[row * width..][..width]);
        let (mean, deviation) = moments(raw);
        let numbers = [mean, deviation, largest(raw), largest(normalized), largest(clipped)];
        table.add_row([row.to_string()].into_iter().chain(numbers.map(|x| format!("{x:.2}"))));
    }
    for number in table.column_iter_mut() {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn largest(row: &[f64]) -> f64 {
    row.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
