//! parmap beside the plain loop and its peers, interleaved in one run, with the machine's capacity in that run.
//!
//! ```text
//! cargo run --release -p parmap-bench -- [ROWS] [--seconds S] [--whole] [--json FILE] [--plot DIR]
//! cargo run --release -p parmap-bench -- soak [--seconds S] [--seed N] [--threads T] [--fault F]
//! ```
//!
//! Rows are those of the table in README.md (`1` to `11`) and workloads beside them (`nbody`, ..); without any, all but
//! the longest are run. The **capacity** is how much faster two threads (or as many as there are cores) finish
//! independent work than one: no contender can be faster than the loop by more than that.
//!
//! `soak` times nothing: it makes random calls and checks each ([`soak`]).

mod capacity;
mod child;
mod contest;
mod peers;
mod plots;
mod report;
mod rows;
mod soak;
mod spin;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use crate::rows::{Ask, ROWS};

/// Compares parmap with the plain loop and with its peers.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// The rows to run; all if none is given.
    rows: Vec<String>,
    /// Seconds to spend on each contest.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Runs also what takes minutes: row 11, and the calls of row 2 whose plain loop takes more than a second.
    #[arg(long)]
    whole: bool,
    /// Writes all figures to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Writes plots, as SVG, into this folder.
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Does one thing that a row needs a process of its own for.
    #[arg(long, hide = true, num_args = 1..)]
    child: Option<Vec<String>>,
}

/// What is done in place of a comparison.
#[derive(Subcommand)]
enum Task {
    /// Makes random calls for as long as is asked for, each checked against the plain loop.
    Soak(soak::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Task::Soak(options)) = arguments.task {
        return soak::run(options);
    }
    if let Some(words) = &arguments.child {
        return child::run(words);
    }
    let known = |name: &String| ROWS.iter().any(|row| row.name == name);
    if let Some(unknown) = arguments.rows.iter().find(|name| !known(name)) {
        let names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
        eprintln!("there is no row `{unknown}`; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    let ask = Ask { time: Duration::from_secs_f64(arguments.seconds), whole: arguments.whole };
    let mut findings = Vec::new();
    for row in ROWS {
        let unnamed = arguments.rows.is_empty() && (ask.whole || !row.long);
        if unnamed || arguments.rows.iter().any(|name| name == row.name) {
            eprintln!("{}: {}", row.name, row.title);
            let found = (row.run)(ask);
            let found = report::Findings { row: row.name, title: row.title, ..found };
            println!("{found}");
            findings.push(found);
        }
    }
    println!("{}", report::verdicts_table(&findings));
    println!("speed-ups over the plain loop, best / median of rounds; above 1 is faster than the loop");
    let json = arguments.json.map_or(Ok(()), |path| report::write_json(&findings, &path).map_err(Box::from));
    let plots = arguments.plot.map_or(Ok(()), |folder| plots::write(&findings, &folder));
    let errors: Vec<_> = [json, plots].into_iter().filter_map(Result::err).collect();
    if !errors.is_empty() {
        errors.iter().for_each(|error| eprintln!("{error}"));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
