//! Row 7: the workload that python_parmap was written for, a big array shared by all items, which are sections of its
//! rows; and python_parmap's own way of doing it.
//!
//! A sum of so much waits for memory. What the machine can give then is not the capacity of spinning threads but what
//! "threads" reaches: as many plain threads as there are cores, each with its share of the sections.

use std::{
    fs,
    hint::black_box,
    ops::Range,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use parmap::{parmap, sections};
use serde::Deserialize;

use super::Ask;
use crate::{
    child,
    contest::Contest,
    peers::Peer,
    report::{Findings, Target, Verdict, in_units},
};

const ROWS: usize = 1_000_000;
const COLUMNS: usize = 100;
const SECTIONS: usize = 100;
/// The rows where little memory is free.
const FEWER_ROWS: usize = 200_000;
/// What is little, in bytes.
const LITTLE: usize = 3_000_000_000;
/// Python's part, in its own language.
const SCRIPT: &str = include_str!("seed.py");

fn plain_sum(section: Range<usize>, data: &[f64]) -> f64 {
    data[section.start * COLUMNS..section.end * COLUMNS].iter().sum()
}

#[parmap(global = data)]
fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
    plain_sum(section, data)
}

/// All numbers are small and whole, so that a sum is right or wrong.
fn data(rows: usize) -> Vec<f64> {
    (0..rows * COLUMNS).map(|i| (i % 1_000) as f64).collect()
}

/// Measures the sections' sums, the memory they take, and Python's.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    let little = kilobytes("/proc/meminfo", "MemAvailable:").is_some_and(|free| free < LITTLE);
    let rows = if little { FEWER_ROWS } else { ROWS };
    if little {
        findings.notes.push(format!("less than 3 GB of memory is free: {rows} rows"));
    }
    speed(rows, ask.time, &mut findings);
    memory(rows, &mut findings);
    match python(rows, ask.time) {
        Ok(Python { plain, pool, forked }) => {
            let [plain_ns, pool_ns, forked_ns] = [plain, pool, forked].map(|seconds| in_units(seconds * 1e9));
            findings.notes.push(format!(
                "Python with numpy: its loop {plain_ns}, multiprocessing's Pool.map with the array as a global {pool_ns}, \
                 with the processes forked for the call {forked_ns}"
            ));
            for (what, seconds) in [("Pool.map", pool), ("Pool.map, forked for the call", forked)] {
                let what = format!("Python's {what}, of its own loop");
                findings.verdicts.push(Verdict::new(what, plain / seconds, Target::Shown, " times as fast"));
            }
        }
        Err(why) => findings.notes.push(format!("Python is left out: {why}")),
    }
    findings
}

fn speed(rows: usize, time: Duration, findings: &mut Findings) {
    let data = data(rows);
    let (data, size) = (|| black_box(&data[..]), rows / SECTIONS);
    let section = move |i| i * size..(i + 1) * size;
    let job = format!("{rows} x {COLUMNS} f64, {SECTIONS} sections");
    let mut contest = Contest::new(job, || (0..SECTIONS).map(|i| plain_sum(section(i), data())).collect())
        .enter("parmap", || section_sum(sections(rows, size), data()));
    for peer in Peer::all(0) {
        contest = contest.enter(peer.name(), move || peer.map(SECTIONS, |i| plain_sum(section(i), data())));
    }
    let outcome = contest.run(time, |a: &Vec<f64>, b| a == b);
    let parmap = outcome.speed_up("parmap");
    let threads = Peer::Threads.name();
    let what = format!("bandwidth, beside {threads}, {}", outcome.job);
    let measured = parmap / outcome.speed_up(threads);
    findings.verdicts.push(Verdict::new(what, measured, Target::AtLeast(0.97), " of its speed"));
    if let Some((name, speed_up)) = outcome.best_peer() {
        let what = format!("beside the fastest, {name}");
        findings.verdicts.push(Verdict::new(what, parmap / speed_up, Target::Shown, " of its speed"));
    }
    findings.outcomes.push(outcome);
}

/// What a process needs that does nothing else, beside what the same needs for nearly no data.
fn memory(rows: usize, findings: &mut Findings) {
    let peak = |rows: usize| child::figure(&["memory", &rows.to_string()]);
    match peak(rows).and_then(|peak_with| Ok((peak_with, peak(SECTIONS)?))) {
        Ok((with, without)) => {
            let bytes = (rows * COLUMNS * size_of::<f64>()) as f64;
            let what = "peak memory of a call, less the program's own";
            findings.verdicts.push(Verdict::new(what, (with - without) / bytes, Target::AtMost(1.01), " of the data"));
            findings.notes.push(format!("peak memory {:.1} MB, without data {:.1} MB", with / 1e6, without / 1e6));
        }
        Err(why) => findings.notes.push(format!("peak memory is left out: {why}")),
    }
}

/// What a child does: the sums of so many rows. The most memory it ever held, in bytes.
pub(crate) fn peak_memory(rows: usize) -> Option<f64> {
    let data = data(rows);
    black_box(section_sum(sections(rows, rows / SECTIONS), black_box(&data)));
    kilobytes("/proc/self/status", "VmHWM:").map(|bytes| bytes as f64)
}

/// A line of a file of the kernel's that ends in `kB`, in bytes; `None` where there is no such file.
fn kilobytes(file: &str, label: &str) -> Option<usize> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(label))?;
    value.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

/// Python's best times, in seconds.
#[derive(Deserialize)]
struct Python {
    #[serde(rename = "loop")]
    plain: f64,
    pool: f64,
    forked: f64,
}

/// # Errors
///
/// If there is no Python, or no numpy; in words.
fn python(rows: usize, time: Duration) -> Result<Python, String> {
    let processes = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut command = Command::new("python3");
    command.args(["-c", SCRIPT]).args([rows, COLUMNS, SECTIONS, processes].map(|number| number.to_string()));
    let output = command.arg(time.as_secs_f64().to_string()).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("python3: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(errors.lines().last().unwrap_or("it said nothing").to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}
