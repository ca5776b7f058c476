//! Sums a big array section by section, in a plain loop and in parallel: the same bits, the time and the memory.
//!
//! The array has 10^6 rows of 100 columns (800 MB). An item is a section of 10,000 rows, the data is the global: every
//! thread borrows it and none copies it. The program fails if the parallel sums differ from those of the loop by a bit,
//! or if its memory ever exceeded the data by more than 1% and 10 MB.
//!
//! ```text
//! cargo run --release --example section_sum
//! cargo run --release --example section_sum -- --rows 20000 --section 10 --processes 2
//! ```
#![forbid(unsafe_code)]

use std::{
    error::Error,
    fs,
    hint::black_box,
    ops::Range,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use parmap::{parmap, sections};

/// The size of the job, and how it is shared out.
#[derive(Parser)]
#[command(about = "Sums a big array section by section, in a plain loop and in parallel")]
struct Flags {
    /// Rows of the array
    #[arg(long, default_value = "1000000", value_parser = positive)]
    rows: usize,
    /// Numbers in a row
    #[arg(long, default_value = "100", value_parser = positive)]
    columns: usize,
    /// Rows in a section
    #[arg(long, default_value = "10000", value_parser = positive)]
    section: usize,
    /// Sections are handed out in multiples of this many, 0 for a number chosen as it runs [default: 25]
    #[arg(long)]
    chunksize: Option<usize>,
    /// At most this many threads work on a call, 0 for all cores [default: 4]
    #[arg(long)]
    processes: Option<usize>,
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

/// The sum of one section; called with many sections, their sums in order.
///
/// A program without flags writes `global = data, chunksize = 25, processes = 4` and leaves out the last parameter.
#[parmap(global = (data, flags), chunksize = flags.chunksize.unwrap_or(25), processes = flags.processes.unwrap_or(4))]
fn section_sum(section: Range<usize>, data: &[f64], flags: &Flags) -> f64 {
    data[section].iter().sum()
}

/// What the annotated function is measured against.
fn plain_loop(data: &[f64], size: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(data.len().div_ceil(size));
    for section in sections(data.len(), size) {
        sums.push(data[section].iter().sum());
    }
    sums
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("section_sum: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let length = flags.rows.checked_mul(flags.columns).ok_or("the array has more numbers than fit in memory")?;
    let size = flags.section.saturating_mul(flags.columns).min(length);
    let data = mixed_magnitudes(length)?;

    let mut best = [Duration::MAX; 2];
    let mut sums = [Vec::new(), Vec::new()];
    for _ in 0..flags.rounds {
        (sums[0], best[0]) = timed(|| plain_loop(black_box(&data), size), best[0]);
        (sums[1], best[1]) = timed(|| section_sum(sections(data.len(), size), black_box(&data), flags), best[1]);
        same_bits(&sums[0], &sums[1])?;
    }

    let [looped, parallel] = best.map(|time| time.as_secs_f64());
    println!("sum            {:.17e}", sums[1].iter().sum::<f64>());
    println!("section sums   {}, each with the bits of the plain loop", sums[1].len());
    println!("plain loop     {:.3} ms, best of {} rounds", looped * 1e3, flags.rounds);
    println!("parallel       {:.3} ms, best of {} rounds", parallel * 1e3, flags.rounds);
    println!("speed-up       {:.2}", looped / parallel);
    report_memory(size_of_val(&data[..]))?;
    Ok(())
}

/// The result of `work`, and the time it took or `best`, whichever is less.
fn timed<R>(work: impl FnOnce() -> R, best: Duration) -> (R, Duration) {
    let start = Instant::now();
    let result = work();
    (result, best.min(start.elapsed()))
}

/// `length` numbers of either sign, from 2^-16 to 2^16 in magnitude, the same on every machine and in every run.
///
/// Added up in another order, numbers this different in size give another sum: equal bits mean an equal order. Number
/// `i` is the bits of SplitMix64's output `i` (Steele, Lea and Flood, 2014), with five of them as the exponent.
fn mixed_magnitudes(length: usize) -> Result<Vec<f64>, Box<dyn Error>> {
    const SIGN_AND_FRACTION: u64 = 0x800f_ffff_ffff_ffff;
    let mut data = Vec::new();
    data.try_reserve_exact(length).map_err(|_| format!("{length} numbers do not fit in memory"))?;
    data.extend((0..length as u64).map(|i| {
        let mut bits = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        let exponent = 1023 - 16 + (bits >> 52) % 32;
        f64::from_bits(bits & SIGN_AND_FRACTION | exponent << 52)
    }));
    Ok(data)
}

fn same_bits(expected: &[f64], found: &[f64]) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!("the plain loop made {} sums, the parallel call {}", expected.len(), found.len()));
    }
    for (i, (a, b)) in expected.iter().zip(found).enumerate() {
        if a.to_bits() != b.to_bits() {
            return Err(format!("section {i}: the plain loop's sum is {a:e}, the parallel call's {b:e}"));
        }
    }
    Ok(())
}

fn report_memory(data: usize) -> Result<(), &'static str> {
    let limit = data + data / 100 + 10_000_000;
    println!("data           {}", megabytes(data));
    let Some(peak) = peak_memory() else {
        println!("peak memory    not available");
        return Ok(());
    };
    let verdict = if peak <= limit { "holds" } else { "does not hold" };
    println!("peak memory    {}; at most data + 1% + 10 MB = {} {verdict}", megabytes(peak), megabytes(limit));
    if peak <= limit { Ok(()) } else { Err("the peak memory is above its limit") }
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The most bytes of memory this process has ever held, where the system says so: `VmHWM` (in units of 1,024 bytes) on
/// Linux.
fn peak_memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    value.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}
