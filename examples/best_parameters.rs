//! When to order, and how much: the best of some thousand policies of a shop, each simulated over many random days.
//!
//! A policy is an item. Its random numbers come from a generator that its index seeds, the array that a simulation works
//! in is made once for each worker and used again, and `reduce = min` keeps the cheapest policy alone. So nothing depends
//! on who simulates what, and when: the program fails if some number of threads, or some order of the policies, finds
//! another policy or another cost than the plain loop.
//!
//! ```text
//! cargo run --release --example best_parameters
//! cargo run --release --example best_parameters -- --years 200 --seed 7
//! ```
#![forbid(unsafe_code)]

use std::{error::Error, process::ExitCode};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use parmap::{Settings, parmap};

/// How long to simulate, and with which random numbers.
#[derive(Parser)]
#[command(about = "Finds the best of some thousand policies by simulation, at any width the same")]
struct Flags {
    /// Each policy is simulated over this many years of 365 days
    #[arg(long, default_value = "50", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    years: u32,
    /// What all random numbers are derived from
    #[arg(long, default_value_t = 2026)]
    seed: u64,
}

const DAYS_A_YEAR: usize = 365;
/// Each of these buys one unit a day with a probability of 1/4.
const CUSTOMERS: u32 = 64;
/// An order arrives from `LEAD_TIME` to `LEAD_TIME + LEAD_TIME_VARIES - 1` days later.
const LEAD_TIME: usize = 2;
const LEAD_TIME_VARIES: u64 = 5;
/// In cents: to keep a unit overnight, to order any amount, to send a customer away.
const HOLDING: u64 = 2;
const ORDER: u64 = 1_500;
const LOST_SALE: u64 = 150;

/// Order once what is in stock and under way is down to `reorder_point`, as much as brings it up to `target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Policy {
    reorder_point: u32,
    target: u32,
}

/// What a simulation found. The cheaper is the less; of two that cost the same, the one with the lower policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    /// Of all days, in cents.
    cost: u64,
    policy: Policy,
    orders: u64,
    demand: u64,
    lost: u64,
}

/// What all simulations share.
struct Setting {
    days: usize,
    seed: u64,
}

/// What a worker keeps from one simulation to the next.
struct Scratch {
    /// The units that arrive on each day.
    arrivals: Vec<u32>,
}

impl Scratch {
    fn new(days: usize) -> Self {
        Scratch { arrivals: vec![0; days] }
    }
}

/// Simulates policy `i`; called with many policies, the cheapest.
#[parmap(global = setting, index = i, local(scratch = Scratch::new(setting.days)), reduce = min)]
fn cheapest(policy: Policy, setting: &Setting, i: usize, scratch: &mut Scratch) -> Outcome {
    simulate(policy, setting, i, scratch)
}

/// What the annotated function is checked against.
fn plain_loop(policies: &[Policy], setting: &Setting) -> Option<Outcome> {
    let mut scratch = Scratch::new(setting.days);
    policies.iter().enumerate().map(|(i, &policy)| simulate(policy, setting, i, &mut scratch)).min()
}

/// A shop that starts with all it wants to have.
fn simulate(policy: Policy, setting: &Setting, index: usize, scratch: &mut Scratch) -> Outcome {
    let mut random = SplitMix64::of_item(setting.seed, index);
    let arrivals = &mut scratch.arrivals;
    arrivals.fill(0);
    let (mut stock, mut under_way) = (policy.target, 0);
    let mut outcome = Outcome { cost: 0, policy, orders: 0, demand: 0, lost: 0 };
    for day in 0..setting.days {
        stock += arrivals[day];
        under_way -= arrivals[day];

        // One bit a customer, set in both numbers with a probability of 1/4.
        let demand = (random.next() & random.next()).count_ones();
        let sold = demand.min(stock);
        stock -= sold;

        if stock + under_way <= policy.reorder_point {
            let amount = policy.target - stock - under_way;
            under_way += amount;
            let arrival = day + LEAD_TIME + random.below(LEAD_TIME_VARIES) as usize;
            // What arrives after the last day is of no use.
            if let Some(units) = arrivals.get_mut(arrival) {
                *units += amount;
            }
            outcome.orders += 1;
        }
        outcome.demand += u64::from(demand);
        outcome.lost += u64::from(demand - sold);
        outcome.cost += u64::from(stock) * HOLDING;
    }
    outcome.cost += outcome.orders * ORDER + outcome.lost * LOST_SALE;
    outcome
}

/// Steele, Lea and Flood's generator (2014): a counter in steps of an odd constant, and a function that mixes its bits.
struct SplitMix64 {
    counter: u64,
}

impl SplitMix64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    /// A generator for the item at `index`, seeded with output `index` of the generator that `seed` seeds: neighbours
    /// begin far apart, and none of them depends on how many numbers another has drawn.
    fn of_item(seed: u64, index: usize) -> Self {
        let counter = seed.wrapping_add((index as u64).wrapping_mul(Self::STEP));
        SplitMix64 { counter: SplitMix64 { counter }.next() }
    }

    fn next(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(Self::STEP);
        let mut bits = self.counter;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number less than `bound`, each as likely as any other up to 1 in 2^64 / `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("best_parameters: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let setting = Setting { days: flags.years as usize * DAYS_A_YEAR, seed: flags.seed };
    let policies = policies();
    let best = plain_loop(&policies, &setting).ok_or("there are no policies")?;

    let mut checks = new_table(["processes", "order", "reorder at", "up to", "cost in cents"]);
    let widths = [1, 2, 3, 8].map(|processes| (processes, None));
    let orders = [1, 2].map(|seed| (3, Some(seed)));
    for (processes, shuffle) in widths.into_iter().chain(orders) {
        let settings = Settings::new().processes(processes);
        let (settings, order) = match shuffle {
            Some(seed) => (settings.shuffle(seed), format!("shuffled by {seed}")),
            None => (settings, "as it comes".to_owned()),
        };
        let found = parmap::with(settings, || cheapest(&policies, &setting)).ok_or("the call found nothing")?;
        if found != best {
            return Err(
                format!("at {processes} threads, {order}: {found:?}, where the plain loop finds {best:?}").into()
            );
        }
        let Outcome { cost, policy: Policy { reorder_point, target }, .. } = found;
        checks.add_row([processes.to_string(), order, reorder_point.to_string(), target.to_string(), cost.to_string()]);
    }

    println!("{}", description(&best, &setting));
    println!();
    println!("{checks}");
    println!();
    println!("The best of {} policies over {} years, each time that of the plain loop.", policies.len(), flags.years);
    Ok(())
}

/// All policies that are worth a try, from one that is often sold out to one that keeps a month's demand.
fn policies() -> Vec<Policy> {
    let mut policies = Vec::new();
    for reorder_point in (40..=160).step_by(2) {
        for least_order in (20..=400).step_by(10) {
            policies.push(Policy { reorder_point, target: reorder_point + least_order });
        }
    }
    policies
}

fn description(best: &Outcome, setting: &Setting) -> Table {
    let (days, cents) = (setting.days as f64, best.cost as f64);
    let served = 100.0 * (best.demand - best.lost) as f64 / best.demand as f64;
    let mut table = new_table(["the best policy", ""]);
    table.add_row(["reorder when down to", &best.policy.reorder_point.to_string()]);
    table.add_row(["order up to", &best.policy.target.to_string()]);
    table.add_row(["cost a day", &format!("{:.2}", cents / days / 100.0)]);
    table.add_row(["days between orders", &format!("{:.1}", days / best.orders as f64)]);
    table.add_row(["demand a day", &format!("{:.2}, of at most {CUSTOMERS}", best.demand as f64 / days)]);
    table.add_row(["demand served", &format!("{served:.2}%")]);
    table
}

fn new_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(header);
    for number in table.column_iter_mut().skip(1) {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}
