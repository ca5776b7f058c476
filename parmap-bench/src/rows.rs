//! The rows: those of DESIGN section 6, and the workloads beside them.

pub(crate) mod building;
pub(crate) mod busy;
pub(crate) mod curves;
pub(crate) mod few;
pub(crate) mod nest;
pub(crate) mod outputs;
pub(crate) mod pipelines;
pub(crate) mod saturated;
pub(crate) mod seed;
pub(crate) mod share;
pub(crate) mod skew;
pub(crate) mod sleeping;
pub(crate) mod sweep;
pub(crate) mod tax;
pub(crate) mod tick;
pub(crate) mod workloads;

use std::time::Duration;

use crate::report::Findings;

/// What is asked of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    /// About so long for each contest.
    pub(crate) time: Duration,
    /// Also what takes minutes: calls whose plain loop takes more than a second.
    pub(crate) whole: bool,
}

/// A row that can be asked for.
pub(crate) struct Row {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Takes minutes, and is run only if it is named or everything is asked for.
    pub(crate) long: bool,
    /// Measures it. Leaves the name and the title to its caller.
    pub(crate) run: fn(Ask) -> Findings,
}

const fn row(name: &'static str, title: &'static str, run: fn(Ask) -> Findings) -> Row {
    Row { name, title, long: false, run }
}

/// All rows, in the order in which they are run.
pub(crate) const ROWS: &[Row] = &[
    row("1", "tax of calls too small to share", tax::run),
    row("2", "the worst against the loop", sweep::run),
    row("3", "work of a millisecond and more", share::run),
    row("4", "items of very different cost", skew::run),
    row("4b", "few heavy items", few::run),
    row("5", "a tick on a busy machine, its latency and CPU time (rows 5 and 6)", tick::run),
    row("7", "the seed's workload", seed::run),
    row("8", "large outputs", outputs::run),
    row("9", "pipelines", pipelines::run),
    row("10", "sleeping items", sleeping::run),
    Row { long: true, ..row("11", "build times", building::run) },
    row("nbody", "accelerations of bodies that attract each other", workloads::nbody::run),
    row("norms", "norms of a matrix's rows", workloads::norms::run),
    row("primes", "primes counted by trial division, in sections", workloads::primes::run),
    row("reduction", "a sum over one cache line of numbers for each core", workloads::reduction::run),
    row("axpy", "a vector added to another, in place", workloads::axpy::run),
    row("parse", "lines of text to numbers", workloads::parse::run),
    row("tree", "the sum of a tree, by recursion", workloads::tree::run),
    row("nest", "a region inside a region, of uneven costs", nest::run),
    row("curves", "regions of all lengths, for the plots", curves::run),
    row("saturated", "calls while the pool is busy with other jobs", saturated::run),
];
