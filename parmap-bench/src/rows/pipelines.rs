//! Row 9: pipelines, parmap's beside the plain iterator chain and what else one would write.
//!
//! A stream of items of one cost goes through one of two [`streams::Shape`]s. All contenders end in the same checksum,
//! which depends on the order of the items and is compared with the chain's.

mod channels;
mod streams;
mod tbb;

use std::{cell::RefCell, hint::black_box};

use self::{
    streams::{CONTENDERS, LINES, STREAMS},
    tbb::Tbb,
};
use crate::{
    contest::Contest,
    report::{Findings, Target, Verdict},
    rows::Ask,
};

/// A stream of no more items has a tax as a whole.
const SHORT: u64 = 100;
/// The item cost at which a pipeline should come near the capacity.
const SHARED: &str = "1 us";
/// The item cost at which an item's tax is looked at.
const TINY: &str = "2 ns";

/// Measures all streams.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    let tbb = Tbb::start().map_err(|why| findings.notes.push(format!("oneTBB is left out: {why}"))).ok();
    let tbb = tbb.map(RefCell::new);
    for stream in STREAMS.as_flattened().iter().chain([&LINES]) {
        let job = format!("{} x {}, {}", stream.item, stream.items, stream.shape);
        let items = || black_box(stream.items);
        let mut contest = Contest::new(job, || (stream.contenders[0])(items()));
        for (name, run) in CONTENDERS.into_iter().zip(stream.contenders).skip(1) {
            contest = contest.enter(name, move || run(items()));
        }
        if let (Some(tbb), Some(steps)) = (&tbb, stream.steps) {
            for (name, batch) in tbb::CONTENDERS.into_iter().zip([1, stream.batch]) {
                let run = move |calls| tbb.borrow_mut().run(stream.shape, steps, stream.items, batch, calls);
                contest = contest.enter_timed(name, run);
            }
        }
        let outcome = contest.run(ask.time, |a, b| a == b);
        if stream.item == TINY && stream.items > SHORT {
            let tax = outcome.tax() / stream.items as f64;
            let what = format!("tax of an item, {}", outcome.job);
            findings.verdicts.push(Verdict::new(what, tax, Target::AtMost(10.0), " ns"));
        }
        if stream.item == SHARED {
            let of_capacity = outcome.speed_up("parmap") / outcome.capacity;
            findings.verdicts.push(Verdict::new(
                outcome.job.clone(),
                of_capacity,
                Target::AtLeast(0.95),
                " of capacity",
            ));
        }
        findings.outcomes.push(outcome);
    }
    findings
}
