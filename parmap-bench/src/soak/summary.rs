//! What a soak did, as a table and as JSON.

use std::{collections::BTreeMap, fmt, fs::File, io, path::Path, sync::atomic::Ordering::Relaxed, time::Duration};

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde::Serialize;

use super::{
    Options,
    faults::Faults,
    forms,
    process::{Holding, status},
    program::Place,
    world::World,
};

#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    seed: u64,
    threads: u64,
    seconds: f64,
    calls: u64,
    calls_a_second: f64,
    items: u64,
    /// By form: `maps::vector`.
    forms: BTreeMap<&'static str, u64>,
    places: Vec<(&'static str, u64)>,
    /// Calls inside so many others.
    depths: Vec<u64>,
    failing: u64,
    cancelled: u64,
    fault: Option<(String, u64)>,
    /// After each round.
    held: Vec<Holding>,
    /// Kilobytes of address space, at most.
    peak: Option<u64>,
    holds: bool,
}

impl Summary {
    pub(crate) fn of(world: &World, options: &Options, faults: &Faults, took: Duration, held: Vec<Holding>) -> Self {
        let tally = &world.tally;
        let depths: Vec<_> = tally.by_depth.iter().map(|calls| calls.load(Relaxed)).collect();
        let calls = depths.iter().sum();
        Summary {
            seed: options.seed,
            threads: if world.allowed.threads { options.threads } else { 1 },
            seconds: took.as_secs_f64(),
            calls,
            calls_a_second: calls as f64 / took.as_secs_f64(),
            items: tally.items.load(Relaxed),
            forms: forms::all().zip(&tally.by_form).map(|(form, calls)| (form.title(), calls.load(Relaxed))).collect(),
            places: Place::NAMES.into_iter().zip(tally.by_place.iter().map(|calls| calls.load(Relaxed))).collect(),
            depths,
            failing: tally.failed.load(Relaxed),
            cancelled: tally.cancelled.load(Relaxed),
            fault: options.fault.map(|fault| (format!("{fault:?}"), faults.seen.load(Relaxed))),
            held,
            peak: status("VmPeak"),
            holds: !world.is_wrong(),
        }
    }

    /// # Errors
    ///
    /// Those of creating and writing the file.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        serde_json::to_writer_pretty(File::create(path)?, self).map_err(io::Error::from)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(ASCII_MARKDOWN).set_header(["", ""]);
        table.column_mut(1).expect("it was just set").set_cell_alignment(CellAlignment::Right);
        let mut row = |what: &str, value: String| _ = table.add_row([what, &value]);
        row("seconds", format!("{:.1}", self.seconds));
        row("threads that called", self.threads.to_string());
        row("calls", self.calls.to_string());
        row("calls a second", format!("{:.0}", self.calls_a_second));
        row("items, those of pure functions not counted", self.items.to_string());
        let mut groups = BTreeMap::new();
        for form in forms::all() {
            *groups.entry(form.group()).or_insert(0) += self.forms.get(form.title()).copied().unwrap_or(0);
        }
        for (group, calls) in groups {
            row(&format!("calls of {group}"), calls.to_string());
        }
        let fewest = self.forms.iter().min_by_key(|(_, calls)| **calls);
        if let Some((form, calls)) = fewest {
            row(&format!("fewest of a form, of {}: {form}", self.forms.len()), calls.to_string());
        }
        for (place, calls) in &self.places {
            row(place, calls.to_string());
        }
        for (depth, calls) in self.depths.iter().enumerate().skip(1) {
            row(&format!("inside {depth} other calls"), calls.to_string());
        }
        row("calls with items that were to fail", self.failing.to_string());
        row("calls that were cancelled", self.cancelled.to_string());
        if let Some((fault, times)) = &self.fault {
            row(&format!("{fault}, seen"), times.to_string());
        }
        if let (Some(first), Some(last)) = (self.held.first(), self.held.last()) {
            let memory: Vec<_> = self.held.iter().map(|held| (held.memory / 1024).to_string()).collect();
            row("MB of memory after each round", memory.join(" "));
            let allocated = self.held.iter().filter_map(|held| held.allocated);
            let allocated: Vec<_> = allocated.map(|kilobytes| format!("{:.1}", kilobytes as f64 / 1024.0)).collect();
            row("MB of it allocated", allocated.join(" "));
            row("threads after the first round, and the last", format!("{} {}", first.threads, last.threads));
        }
        if let Some(peak) = self.peak {
            row("kB of address space, at most", peak.to_string());
        }
        writeln!(f, "{table}")?;
        write!(f, "{}", if self.holds { "all held" } else { "NOT all held" })
    }
}
