//! Workloads beside the table's rows: small programs as one meets them, each by the loop, by parmap as its users write it,
//! and by its peers.

pub(crate) mod axpy;
pub(crate) mod nbody;
pub(crate) mod norms;
pub(crate) mod parse;
pub(crate) mod primes;
pub(crate) mod reduction;
pub(crate) mod tree;

use super::tax;
use crate::{
    contest::Outcome,
    report::{Findings, Target, Verdict},
};

/// A region whose loop takes less, in nanoseconds, is judged by its tax: in shares of its time no peer comes near it.
pub(crate) const SMALL_NS: f64 = 10_000.0;

/// Of small regions the tax; of others how near parmap comes to whoever is fastest, the loop included.
fn judged(outcomes: impl IntoIterator<Item = Outcome>) -> Findings {
    let mut findings = Findings::default();
    for outcome in outcomes {
        findings.verdicts.push(if outcome.plain.best < SMALL_NS {
            Verdict::new(format!("tax, {}", outcome.job), outcome.tax(), Target::AtMost(tax::MOST), " ns")
        } else {
            let peers = outcome.best_peer().filter(|(_, speed_up)| *speed_up > 1.0);
            let (name, speed_up) = peers.unwrap_or(("the loop", 1.0));
            let measured = outcome.speed_up("parmap") / speed_up;
            let what = format!("{}, beside {name}", outcome.job);
            Verdict::new(what, measured, Target::AtLeast(0.97), " of its speed")
        });
        findings.outcomes.push(outcome);
    }
    findings
}
