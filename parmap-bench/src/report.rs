//! What a run of the benchmark found: outcomes, verdicts on the targets, tables and JSON of them.

use std::{fmt, io, path::Path};

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Serialize;

use crate::contest::Outcome;

/// What a figure should be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    /// There is none.
    Shown,
}

/// A figure beside its target.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verdict {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) target: Target,
    pub(crate) measured: f64,
    pub(crate) holds: bool,
}

impl Verdict {
    /// `unit` follows the numbers: `" ns"`, `" of the loop"`, or nothing.
    pub(crate) fn new(what: impl Into<String>, measured: f64, target: Target, unit: &'static str) -> Self {
        let holds = match target {
            Target::AtMost(most) => measured <= most,
            Target::AtLeast(least) => measured >= least,
            Target::Shown => true,
        };
        Verdict { what: what.into(), unit, target, measured, holds }
    }
}

/// How two runs of a region compare where each run counts, not only the best: latencies in nanoseconds, ascending.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Latencies {
    pub(crate) job: String,
    pub(crate) of: Vec<(&'static str, Vec<f64>)>,
}

/// What one row of DESIGN section 6, or one workload beside it, found.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Findings {
    /// The row's name on the command line: `1`, `4b`, `nbody`.
    pub(crate) row: &'static str,
    pub(crate) title: &'static str,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) latencies: Vec<Latencies>,
    pub(crate) verdicts: Vec<Verdict>,
    /// What was left out and why, and whatever else a reader should know.
    pub(crate) notes: Vec<String>,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## {}: {}\n", self.row, self.title)?;
        // One table for each line-up of contenders.
        let mut rest = &self.outcomes[..];
        while let Some(first) = rest.first() {
            let names = |outcome: &Outcome| outcome.others.iter().map(|(name, _)| *name).collect::<Vec<_>>();
            let count = rest.iter().take_while(|outcome| names(outcome) == names(first)).count();
            writeln!(f, "{}\n", outcomes_table(&rest[..count]))?;
            rest = &rest[count..];
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "- {note}"))?;
        self.verdicts.iter().try_for_each(|verdict| writeln!(f, "- {verdict}"))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict { what, unit, target, measured, holds } = self;
        let word = if *holds { "holds" } else { "MISSED" };
        match target {
            Target::AtMost(most) => write!(f, "{what}: {measured:.3}{unit}, target at most {most}{unit}: {word}"),
            Target::AtLeast(least) => write!(f, "{what}: {measured:.3}{unit}, target at least {least}{unit}: {word}"),
            Target::Shown => write!(f, "{what}: {measured:.3}{unit}"),
        }
    }
}

/// Times of the loop, speed-ups over it (best / median), and the capacity.
fn outcomes_table(outcomes: &[Outcome]) -> Table {
    let mut header = vec!["job".to_owned(), "loop".to_owned(), "tax".to_owned()];
    header.extend(outcomes[0].others.iter().map(|(name, _)| (*name).to_owned()));
    header.push("capacity".to_owned());
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    for outcome in outcomes {
        let tax = outcome.others[0].1.best - outcome.plain.best;
        let mut cells = vec![
            outcome.job.clone(),
            in_units(outcome.plain.best),
            if tax < 0.0 { "-".to_owned() } else { in_units(tax) },
        ];
        cells.extend(outcome.others.iter().map(|(_, times)| {
            let (best, median) = (outcome.plain.best / times.best, outcome.plain.median / times.median);
            let digits = if best < 0.1 { 4 } else { 2 };
            format!("{best:.digits$} / {median:.digits$}")
        }));
        cells.push(format!("{:.2}", outcome.capacity));
        table.add_row(cells);
    }
    table
}

/// All verdicts of a run.
pub(crate) fn verdicts_table(findings: &[Findings]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(["row", "what", "target", "measured", ""]);
    table.column_mut(3).expect("it was just set").set_cell_alignment(CellAlignment::Right);
    for Findings { row, verdicts, .. } in findings {
        for Verdict { what, unit, target, measured, holds } in verdicts {
            let target = match target {
                Target::AtMost(most) => format!("<= {most}{unit}"),
                Target::AtLeast(least) => format!(">= {least}{unit}"),
                Target::Shown => continue,
            };
            let word = if *holds { "holds" } else { "MISSED" };
            table.add_row([*row, what, &target, &format!("{measured:.3}{unit}"), word]);
        }
    }
    table
}

/// Writes all of it, for other programs.
///
/// # Errors
///
/// Those of creating and writing the file.
pub(crate) fn write_json(findings: &[Findings], path: &Path) -> io::Result<()> {
    serde_json::to_writer_pretty(std::fs::File::create(path)?, findings).map_err(io::Error::from)
}

/// A time in nanoseconds, in a unit that leaves it a few digits.
pub(crate) fn in_units(ns: f64) -> String {
    match ns {
        _ if ns < 1e3 => format!("{ns:.0} ns"),
        _ if ns < 1e6 => format!("{:.1} us", ns / 1e3),
        _ if ns < 1e9 => format!("{:.1} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}
