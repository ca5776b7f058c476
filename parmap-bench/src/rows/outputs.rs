//! Row 8: ten million results of eight bytes, so cheap that where they go is what costs: a new vector, whose pages the
//! system has yet to provide, or a buffer that has been written before.

use std::{cell::RefCell, hint::black_box, time::Duration};

use parmap::par_map;

use super::Ask;
use crate::{
    contest::{Contest, Outcome},
    peers::{self, Peer},
    report::{Findings, Target, Verdict},
};

const RESULTS: usize = 10_000_000;

#[inline]
fn item(i: usize) -> f64 {
    let x = i as f64;
    x * x + 1.0
}

fn results() -> usize {
    black_box(RESULTS)
}

/// Measures the results into a new vector, a warm buffer and a new one.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    let collected = collected(ask.time);
    judge(&collected, "rayon", Target::AtLeast(1.0), &mut findings);
    let warm = warm(ask.time);
    judge(&warm, "OpenMP static", Target::AtLeast(1.0), &mut findings);
    let new = new(ask.time);
    judge(&new, "OpenMP static", Target::Shown, &mut findings);
    findings.notes.extend(peers::left_out().map(|why| format!("OpenMP is left out: {why}")));
    findings.outcomes = vec![collected, warm, new];
    findings
}

/// parmap beside the one it should not lose to, if that took part, and beside the fastest.
fn judge(outcome: &Outcome, rival: &'static str, target: Target, findings: &mut Findings) {
    let mut beside = |name, target| {
        let what = format!("{}, beside {name}", outcome.job);
        let measured = outcome.speed_up("parmap") / outcome.speed_up(name);
        findings.verdicts.push(Verdict::new(what, measured, target, " of its speed"));
    };
    if outcome.others.iter().any(|(name, _)| *name == rival) {
        beside(rival, target);
    }
    if let Some((best, _)) = outcome.best_peer().filter(|(best, _)| *best != rival) {
        beside(best, Target::Shown);
    }
}

fn collected(time: Duration) -> Outcome {
    let mut contest = Contest::new("10^7 f64 into a new Vec", || (0..results()).map(item).collect())
        .enter("parmap", || par_map!(item, 0..results()));
    for peer in Peer::all(0) {
        contest = contest.enter(peer.name(), move || peer.map(results(), item));
    }
    contest.run(time, |a: &Vec<f64>, b| a == b)
}

/// Somebody who writes the results into a buffer.
type Fill<'a> = Box<dyn Fn(&mut [f64]) + 'a>;

/// All who fill; the loop is the first, parmap the second. Each call of this in the source has a site of its own.
macro_rules! fills {
    () => {{
        let plain = |out: &mut [f64]| out.iter_mut().enumerate().for_each(|(i, place)| *place = item(i));
        let parmap = |out: &mut [f64]| par_map!(item, 0..out.len(), into = out);
        let mut fills: Vec<(&'static str, Fill<'_>)> = vec![("loop", Box::new(plain)), ("parmap", Box::new(parmap))];
        for peer in Peer::all(0) {
            fills.push((peer.name(), Box::new(move |out| peer.fill(out, item))));
        }
        fills
    }};
}

/// The same buffer again and again: its pages are there.
fn warm(time: Duration) -> Outcome {
    let fills = fills!();
    let mut buffer = vec![0.0; results()];
    for (name, fill) in &fills {
        // What is left of the one before must not pass for a result.
        buffer.fill(f64::NAN);
        fill(&mut buffer);
        let right = buffer.iter().enumerate().all(|(i, found)| *found == item(i));
        assert!(right, "into a warm buffer: the result of {name} is wrong");
    }
    let buffer = RefCell::new(buffer);
    let mut jobs = fills.iter().map(|(name, fill)| {
        let job = || {
            let mut buffer = buffer.borrow_mut();
            fill(black_box(&mut buffer[..]));
            black_box(&buffer[..]);
        };
        (*name, job)
    });
    let (_, plain) = jobs.next().expect("the plain loop is the first");
    let contest = Contest::new("10^7 f64 into a warm buffer", plain);
    jobs.fold(contest, |contest, (name, job)| contest.enter(name, job)).run(time, |(), ()| true)
}

/// A new buffer each time, which the system gives as zeros: who first touches a page waits for it.
fn new(time: Duration) -> Outcome {
    let fills = fills!();
    let mut jobs = fills.iter().map(|(name, fill)| {
        let job = || {
            let mut buffer = vec![0.0; results()];
            fill(&mut buffer);
            buffer
        };
        (*name, job)
    });
    let (_, plain) = jobs.next().expect("the plain loop is the first");
    let contest = Contest::new("10^7 f64 into a new buffer", plain);
    jobs.fold(contest, |contest, (name, job)| contest.enter(name, job)).run(time, |a: &Vec<f64>, b| a == b)
}
