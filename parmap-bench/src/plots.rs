//! Plots of what a run found, as SVG: speed-up and tax over the number of items, and how often a tick takes how long.

mod chart;

use std::{fs, path::Path};

use self::chart::{Axis, Chart, Drawn, Level, Line};
use crate::{
    contest::Outcome,
    report::{Findings, Latencies, in_units},
};

/// The target of the tax, and where the axis of the tax begins, in nanoseconds.
const TAX: f64 = 150.0;
const LEAST_TAX: f64 = 10.0;

/// Writes all plots that there are figures for into a folder, which is made if need be.
///
/// # Errors
///
/// Those of making the folder and of writing the files.
pub(crate) fn write(findings: &[Findings], folder: &Path) -> Drawn {
    fs::create_dir_all(folder)?;
    let curves = findings.iter().filter(|findings| findings.row == "curves").flat_map(|findings| &findings.outcomes);
    let points: Vec<_> = curves.filter_map(Point::of).collect();
    for curve in points.chunk_by(|a, b| a.item == b.item) {
        let file = |kind| folder.join(format!("{kind}_{}.svg", curve[0].item.replace(' ', "")));
        speed_up(curve).draw(&file("speedup"))?;
        tax(curve).draw(&file("tax"))?;
    }
    for latencies in findings.iter().flat_map(|findings| &findings.latencies) {
        ticks(latencies).draw(&folder.join(format!("ticks_{}.svg", file_name(&latencies.job))))?;
    }
    Ok(())
}

/// `300ns_all_cores_busy` for `64 x 300 ns, all cores busy`.
fn file_name(job: &str) -> String {
    let (item, rest) = job.split_once(", ").unwrap_or((job, ""));
    let item = item.rsplit_once(" x ").map_or(item, |(_, item)| item).replace(' ', "");
    [item.as_str(), &rest.replace(' ', "_")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

/// A number of items of one cost.
struct Point<'a> {
    item: &'a str,
    items: f64,
    outcome: &'a Outcome,
}

impl<'a> Point<'a> {
    /// From a job that is called `2 ns x 100`; `None` for others.
    fn of(outcome: &'a Outcome) -> Option<Self> {
        let (item, items) = outcome.job.rsplit_once(" x ")?;
        Some(Point { item, items: items.parse().ok()?, outcome })
    }
}

/// How many times as fast as the loop everybody is.
fn speed_up(curve: &[Point<'_>]) -> Chart {
    let mut lines = lines(curve, |outcome, name| outcome.speed_up(name));
    lines.push(Line { name: "loop", points: curve.iter().map(|point| (point.items, 1.0)).collect(), dots: false });
    let capacity = curve.iter().map(|point| point.outcome.capacity).fold(0.0, f64::max);
    let highest = values(&lines).fold(capacity, f64::max);
    Chart {
        title: format!("Speed-up over the plain loop, {} an item (higher is better)", curve[0].item),
        x: items_axis(curve),
        y: Axis::linear("the loop's time / the call's time", 0.0..1.05 * highest),
        lines,
        levels: vec![Level { name: format!("capacity, {capacity:.2}"), value: capacity }],
    }
}

/// What a call takes beyond the loop.
fn tax(curve: &[Point<'_>]) -> Chart {
    // Who is faster than the loop has no tax, which on a logarithmic axis is at its end.
    let lines = lines(curve, |outcome, name| (outcome.times(name).best - outcome.plain.best).max(LEAST_TAX));
    let highest = values(&lines).fold(TAX, f64::max);
    Chart {
        title: format!("Tax over the plain loop, {} an item (lower is better; none at the bottom)", curve[0].item),
        x: items_axis(curve),
        y: Axis::log("the call's time less the loop's", LEAST_TAX..highest, whole_units),
        lines,
        levels: vec![Level { name: format!("target, {}", in_units(TAX)), value: TAX }],
    }
}

/// What part of the ticks takes longer than a time.
fn ticks(latencies: &Latencies) -> Chart {
    let longer = |sorted: &[f64]| {
        let part = |rank| (sorted.len() - rank) as f64 / sorted.len() as f64;
        sorted.iter().enumerate().map(|(rank, ns)| (*ns, part(rank))).collect()
    };
    let line = |(name, sorted): &(&'static str, Vec<f64>)| Line { name, points: longer(sorted), dots: false };
    let times = || latencies.of.iter().flat_map(|(_, sorted)| sorted);
    let (least, most) = times().fold((f64::INFINITY, 0.0_f64), |(least, most), ns| (least.min(*ns), most.max(*ns)));
    let points = latencies.of.iter().map(|(_, sorted)| sorted.len()).max().unwrap_or(1);
    Chart {
        title: format!("Latency of a tick, {} (further left is better)", latencies.job),
        x: Axis::log("time from waking to the result", least..most, whole_units),
        y: Axis::log("ticks that take longer", 1.0 / points as f64..1.0, |part| format!("{}%", 100.0 * part)),
        lines: latencies.of.iter().map(line).collect(),
        levels: Vec::new(),
    }
}

fn items_axis(curve: &[Point<'_>]) -> Axis {
    let most = curve.iter().map(|point| point.items).fold(1.0, f64::max);
    Axis::log("items", 1.0..most, |items| match items {
        _ if items < 1e3 => format!("{items}"),
        _ if items < 1e6 => format!("{},000", items / 1e3),
        _ => format!("{} million", items / 1e6),
    })
}

/// A power of ten in nanoseconds; other times are rounded.
fn whole_units(ns: f64) -> String {
    in_units(ns).replace(".0 ", " ").replace(".00 ", " ")
}

/// A line for each contender.
fn lines(curve: &[Point<'_>], value: impl Fn(&Outcome, &str) -> f64) -> Vec<Line> {
    let names = curve[0].outcome.others.iter().map(|(name, _)| *name);
    let points = |name| curve.iter().map(|point| (point.items, value(point.outcome, name))).collect();
    names.map(|name| Line { name, points: points(name), dots: true }).collect()
}

fn values(lines: &[Line]) -> impl Iterator<Item = f64> {
    lines.iter().flat_map(|line| &line.points).map(|point| point.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::Times;

    #[test]
    fn each_cost_and_each_tick_has_its_plots() {
        let times = |best| Times { best, median: best };
        let outcome = |job: &str, ns| Outcome {
            job: job.to_owned(),
            plain: times(1_000.0),
            others: vec![("parmap", times(ns)), ("rayon", times(2.0 * ns))],
            capacity: 2.0,
            rounds: 7,
        };
        let outcomes = vec![outcome("2 ns x 1", 1_100.0), outcome("2 ns x 10", 900.0), outcome("20 us x 1", 1_000.0)];
        let curves = Findings { row: "curves", outcomes, ..Findings::default() };
        let of = vec![("loop", vec![1.0, 2.0]), ("parmap", vec![1.0])];
        let latencies = vec![Latencies { job: "64 x 30 ns, all cores busy".to_owned(), of }];
        let tick = Findings { row: "5", latencies, ..Findings::default() };
        let folder = std::env::temp_dir().join(format!("parmap-bench-plots-{}", std::process::id()));
        write(&[curves, tick], &folder).unwrap();
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        files.sort();
        fs::remove_dir_all(&folder).unwrap();
        let expected =
            ["speedup_20us.svg", "speedup_2ns.svg", "tax_20us.svg", "tax_2ns.svg", "ticks_30ns_all_cores_busy.svg"];
        assert_eq!(files, expected);
    }
}
