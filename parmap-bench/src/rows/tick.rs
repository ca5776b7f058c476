//! Rows 5 and 6: every millisecond a region of 64 small items, with all cores taken by other programs, and with none.
//!
//! The contenders take turns in phases of some hundred ticks. Of a tick the time from waking to the region's result is
//! taken, of a phase the CPU time of the whole process: its helpers' spinning and waking too, and also that of the
//! timer, which is why "nothing", a tick without a region, takes part.

use std::{
    fs,
    hint::black_box,
    iter,
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use parmap::parmap;

use super::{
    Ask,
    busy::Busy,
    tax::{LOOKED_AT, looked_at},
};
use crate::{
    child,
    contest::timed,
    peers::{self, Peer},
    report::{Findings, Latencies, Target, Verdict, in_units},
    spin::spin,
};

const ITEMS: u64 = 64;
const TICK: Duration = Duration::from_millis(1);
/// Ticks of a phase.
const PHASE: usize = 250;
/// Ticks of a contender in each second that is asked for.
const TICKS_A_SECOND: f64 = 1_000.0;
/// A phase is cut short when it takes so many times as long as its ticks should.
const PATIENCE: u32 = 4;
/// Regions of each contender before its ticks: threads are started, and parmap gets to know the items.
const WARM_UP: usize = 10;
/// Between phases, until the threads of the contender before have stopped spinning.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the process does nothing, where that is measured.
const IDLE: Duration = Duration::from_secs(2);
/// Who takes part besides the loop and parmap: those who keep their threads, since of a thread that has ended the CPU time
/// cannot be read.
const PEERS: [&str; 3] = ["rayon", "OpenMP static", "chili"];
/// Points of a curve.
const POINTS: usize = 500;

/// A region by parmap: so many items of so many steps.
type Region = fn(Range<u64>, u32) -> Vec<u64>;

/// An item's cost, and what of the loop's CPU time parmap may use.
struct Cost {
    item: &'static str,
    ns: f64,
    cpu: f64,
    region: Region,
}

/// A cost with an annotated function, and so a call site, of its own.
macro_rules! cost {
    ($item:literal, $ns:literal, $cpu:literal) => {
        Cost {
            item: $item,
            ns: $ns,
            cpu: $cpu,
            region: {
                #[parmap(global = steps)]
                fn item(x: u64, steps: u32) -> u64 {
                    spin(x, steps)
                }
                |items, steps| item(items, steps)
            },
        }
    };
}

/// The first two are too small to share, the last is worth a helper where there is a free core.
const COSTS: [Cost; 3] = [cost!("30 ns", 30.0, 1.05), cost!("300 ns", 300.0, 1.05), cost!("3 us", 3_000.0, 1.25)];

/// The loop and parmap, each after a region of its own in the same tick that is not timed: what a tick takes whose code
/// and data are in the caches.
const WARM: [&str; 2] = ["loop, warm", "parmap, warm"];

/// Whoever is given ticks; no region is an empty tick.
struct Contender<'a> {
    name: &'static str,
    region: Option<Box<dyn Fn() -> Vec<u64> + 'a>>,
    /// How many regions a tick has, the last of which is timed.
    regions: usize,
    latencies: Vec<f64>,
    /// `None` where the system does not say.
    cpu_ns: Option<f64>,
}

/// What came of a contender's ticks: times in nanoseconds.
struct Summary {
    name: &'static str,
    ticks: usize,
    p50: f64,
    p99: f64,
    p999: f64,
    /// A tick's.
    cpu: Option<f64>,
}

/// Measures all costs, on a busy and on a quiet machine, and the idle process.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    let ticks = (ask.time.as_secs_f64() * TICKS_A_SECOND).max(20.0) as usize;
    for cost in &COSTS {
        let steps = steps_of(cost.ns);
        match Busy::start() {
            Ok(_busy) => {
                let job = format!("64 x {}, all cores busy", cost.item);
                let summaries = measure(cost, steps, ticks, job.clone(), &mut findings);
                judge(cost, &job, &summaries, &mut findings);
            }
            Err(error) => findings.notes.push(format!("no busy programs, and so no row 5 and 6: {error}")),
        }
        measure(cost, steps, ticks.div_ceil(2), format!("64 x {}, no other program", cost.item), &mut findings);
    }
    match child::figure(&["idle"]) {
        Ok(ns) => {
            let what = "row 6: CPU time in 2 s of an idle process with warm threads";
            findings.verdicts.push(Verdict::new(what, ns / 1e6, Target::AtMost(1.0), " ms"));
        }
        Err(why) => findings.notes.push(format!("the idle process is left out: {why}")),
    }
    findings.notes.extend(peers::left_out().map(|why| format!("OpenMP is left out: {why}")));
    findings.notes.push("whose ticks take several milliseconds gets fewer of them".to_owned());
    if cpu_ns().is_some() {
        findings.notes.push("CPU times are those of all threads in /proc/self/task/*/schedstat".to_owned());
    } else {
        findings.notes.push("CPU times are left out: there is no /proc/self/task/*/schedstat".to_owned());
    }
    findings
}

/// The steps with which the plain loop takes so long for an item, 64 at once. Short items overlap, and take less than their
/// steps would: so it is tried again with what was found.
fn steps_of(ns: f64) -> u32 {
    let best = |steps: u32| {
        let region = || (0..black_box(ITEMS)).map(|x| spin(x, steps)).collect::<Vec<_>>();
        iter::repeat_with(|| timed(100, region).1).take(20).fold(f64::INFINITY, f64::min)
    };
    let closer =
        |steps: u32, _| (f64::from(steps) * ns * ITEMS as f64 / best(black_box(steps))).round().max(1.0) as u32;
    (0..4).fold(100, closer)
}

/// Gives each contender about so many ticks, in turn, and notes what came of it.
fn measure(cost: &Cost, steps: u32, ticks: usize, job: String, findings: &mut Findings) -> Vec<Summary> {
    let expected: Vec<u64> = (0..ITEMS).map(|x| spin(x, steps)).collect();
    let plain = || (0..black_box(ITEMS)).map(|x| spin(x, steps)).collect();
    let parmap = || (cost.region)(0..black_box(ITEMS), steps);
    let enter = |name, region| {
        let regions = if WARM.contains(&name) { 2 } else { 1 };
        Contender { name, region, regions, latencies: Vec::new(), cpu_ns: Some(0.0) }
    };
    let mut contenders = vec![
        enter("loop", Some(Box::new(plain))),
        enter("parmap", Some(Box::new(parmap))),
        enter(WARM[0], Some(Box::new(plain))),
        enter(WARM[1], Some(Box::new(parmap))),
        enter(LOOKED_AT, Some(Box::new(|| looked_at((0..black_box(ITEMS)).map(|x| spin(x, steps)))))),
    ];
    for peer in Peer::all(0).into_iter().filter(|peer| PEERS.contains(&peer.name())) {
        let region = move || peer.map(black_box(ITEMS as usize), |x| spin(x as u64, steps));
        contenders.push(enter(peer.name(), Some(Box::new(region))));
    }
    contenders.push(enter("nothing", None));
    for region in contenders.iter().filter_map(|contender| contender.region.as_ref()) {
        (0..WARM_UP).for_each(|_| drop(black_box(region())));
    }
    let (phases, phase) = (ticks.div_ceil(PHASE), ticks.min(PHASE));
    for turn in 0..phases {
        for number in 0..contenders.len() {
            let number = (turn + number) % contenders.len();
            contenders[number].run(phase, &expected, &job);
        }
    }
    let summaries: Vec<_> = contenders.iter_mut().map(Contender::summary).collect();
    findings.notes.push(format!("{job}:\n\n{}\n", table(&summaries)));
    let of = contenders.iter().filter(|contender| contender.region.is_some());
    let of = of.map(|contender| (contender.name, thinned(&contender.latencies))).collect();
    findings.latencies.push(Latencies { job, of });
    summaries
}

impl Contender<'_> {
    /// One phase. A tick that comes too late for the next millisecond waits for the one after.
    ///
    /// # Panics
    ///
    /// If a result is wrong.
    fn run(&mut self, ticks: usize, expected: &[u64], job: &str) {
        thread::sleep(PAUSE);
        let cpu_before = cpu_ns();
        let began = Instant::now();
        let wait = || {
            let into = began.elapsed().as_nanos() % TICK.as_nanos();
            thread::sleep(TICK - Duration::from_nanos(into as u64));
        };
        let mut done = 0;
        while done < ticks && began.elapsed() < TICK * ticks as u32 * PATIENCE {
            wait();
            if let Some(region) = &self.region {
                (1..self.regions).for_each(|_| drop(black_box(region())));
            }
            let woke = Instant::now();
            if let Some(region) = &self.region {
                let result = black_box(region());
                self.latencies.push(woke.elapsed().as_secs_f64() * 1e9);
                assert!(result == expected, "{job}: the result of {} is wrong", self.name);
            } else {
                self.latencies.push(woke.elapsed().as_secs_f64() * 1e9);
            }
            done += 1;
        }
        wait();
        let used = cpu_ns().zip(cpu_before).map(|(after, before)| after - before);
        self.cpu_ns = self.cpu_ns.zip(used).map(|(sum, used)| sum + used);
    }

    /// Sorts the latencies.
    fn summary(&mut self) -> Summary {
        self.latencies.sort_unstable_by(f64::total_cmp);
        let ticks = self.latencies.len();
        let at = |part: f64| self.latencies[((ticks as f64 * part).ceil() as usize).clamp(1, ticks) - 1];
        let cpu = self.cpu_ns.map(|ns| ns / ticks as f64);
        Summary { name: self.name, ticks, p50: at(0.5), p99: at(0.99), p999: at(0.999), cpu }
    }
}

/// The CPU time of all threads of this process that still run, in nanoseconds.
///
/// The system brings a thread's account up to date when it goes to sleep and with every tick of its own: to be read after
/// a sleep.
fn cpu_ns() -> Option<f64> {
    let mut sum = 0.0;
    for task in fs::read_dir("/proc/self/task").ok()? {
        // A thread may end between being listed and being read.
        let Ok(account) = fs::read_to_string(task.ok()?.path().join("schedstat")) else { continue };
        sum += account.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    (sum > 0.0).then_some(sum)
}

/// At most so many of them as a curve needs, the least and the largest among them.
fn thinned(sorted: &[f64]) -> Vec<f64> {
    let (points, last) = (sorted.len().min(POINTS), sorted.len() - 1);
    (0..points).map(|point| sorted[point * last / (points - 1).max(1)]).collect()
}

fn table(summaries: &[Summary]) -> Table {
    let plain = &summaries[0];
    let empty = summaries.last().and_then(|nothing| nothing.cpu);
    let mut table = Table::new();
    let header = ["", "ticks", "p50", "p99", "p99.9", "p99 / loop", "CPU a tick", "/ loop", "/ loop, less empty tick"];
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    let ratio = |a: Option<f64>, b: Option<f64>| a.zip(b).map_or("-".to_owned(), |(a, b)| format!("{:.2}", a / b));
    for Summary { name, ticks, p50, p99, p999, cpu } in summaries {
        let less = |cpu: Option<f64>| cpu.zip(empty).map(|(cpu, empty)| cpu - empty);
        table.add_row([
            (*name).to_owned(),
            ticks.to_string(),
            in_units(*p50),
            in_units(*p99),
            in_units(*p999),
            format!("{:.2}", p99 / plain.p99),
            cpu.map_or("-".to_owned(), in_units),
            ratio(*cpu, plain.cpu),
            ratio(less(*cpu), less(plain.cpu)),
        ]);
    }
    table
}

/// The verdicts on rows 5 and 6, and the peers beside them.
fn judge(cost: &Cost, job: &str, summaries: &[Summary], findings: &mut Findings) {
    let plain = &summaries[0];
    let empty = summaries.last().and_then(|nothing| nothing.cpu).unwrap_or(0.0);
    let warm = WARM.map(|name| summaries.iter().find(|summary| summary.name == name).map(|summary| summary.p99));
    if let [Some(of_loop), Some(of_parmap)] = warm {
        let what = format!("row 5: p99 of parmap, warm, {job}");
        findings.verdicts.push(Verdict::new(what, of_parmap / of_loop, Target::Shown, " of the loop's, warm"));
    }
    for other in summaries[1..summaries.len() - 1].iter().filter(|other| !WARM.contains(&other.name)) {
        let is_parmap = other.name == "parmap";
        let target = |most| if is_parmap { Target::AtMost(most) } else { Target::Shown };
        let what = format!("row 5: p99 of {}, {job}", other.name);
        findings.verdicts.push(Verdict::new(what, other.p99 / plain.p99, target(1.2), " of the loop's"));
        if let Some((cpu, of_loop)) = other.cpu.zip(plain.cpu) {
            let what = format!("row 6: CPU time of {}, {job}", other.name);
            findings.verdicts.push(Verdict::new(what, cpu / of_loop, target(cost.cpu), " of the loop's"));
            let (what, less) = (format!("row 6: the same less an empty tick's, {}", other.name), of_loop - empty);
            findings.verdicts.push(Verdict::new(what, (cpu - empty) / less, Target::Shown, " of the loop's"));
        }
    }
}

/// What a child does: ticks of all costs, and then nothing. The CPU time of the latter, in nanoseconds.
pub(crate) fn idle_cpu() -> Option<f64> {
    for cost in &COSTS {
        let steps = steps_of(cost.ns);
        (0..PHASE).for_each(|_| drop(black_box((cost.region)(0..black_box(ITEMS), steps))));
    }
    thread::sleep(PAUSE);
    let before = cpu_ns()?;
    thread::sleep(IDLE);
    Some(cpu_ns()? - before)
}
