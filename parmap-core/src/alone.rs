//! The caller alone: the plain loop, and the loop that it begins with where nobody knows yet whether help is worth asking for.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    failure::{Failure, Stopped, cause, drop_quietly},
    pace::{Pace, bears_out, is_as_before, nanoseconds},
    schedule::Plan,
    scoped_pool, site,
    sync::whole::Instant,
    work::{Feed, Role, Run, Work},
};

/// The plain loop.
pub(crate) fn run<F: Feed, W: Work<F::Item, Cell = F::Cell>>(
    feed: &F,
    work: &W,
    mut state: W::State,
) -> Result<(), Stopped<W::Error>> {
    let failure = Failure::none();
    while let Some(mut run) = feed.claim(Role::Caller, |remaining| remaining) {
        let count = run.len();
        let done = catch_unwind(AssertUnwindSafe(|| work.map(&mut state, &mut run, count, &failure)));
        work.finish_run(&mut state, &failure);
        if let Some(cause) = cause(done) {
            failure.record(run.index(), cause);
        }
        if failure.any() {
            break;
        }
    }
    work.leave(state);
    failure.into_first().map_or(Ok(()), Err)
}

/// What has become of a call that its caller began alone.
pub(crate) enum Begun<S, R, E> {
    Done(Result<(), Stopped<E>>, Pace),
    /// The rest of the run of everything may be worth a helper.
    Rest(Pace, S, R),
}

/// The plain loop with an eye on the clock, for as long as what is left is not worth a helper, whose price may be known: of
/// a call that ends here nothing else was set up.
pub(crate) fn begin<'f, F: Feed, W: Work<F::Item, Cell = F::Cell>>(
    feed: &'f F,
    work: &W,
    plan: &Plan,
    (mut pace, mut state): (Pace, W::State),
    mut help_ns: Option<f32>,
) -> Begun<W::State, F::Run<'f>, W::Error> {
    let failure = Failure::none();
    let mut last = Instant::now();
    if let Some(mut run) = feed.claim(Role::Caller, |remaining| remaining) {
        // What the first item can tell of all others, if they are few, and what it took if it did.
        let mut guess = if plan.uneven { None } else { pace.few_more(run.len() - 1) };
        let mut first_ns = None;
        let (mut block, mut is_timed) = (1, true);
        loop {
            let done = catch_unwind(AssertUnwindSafe(|| work.map(&mut state, &mut run, block, &failure)));
            let cause = cause(done);
            // Where results are combined, that may have failed as well.
            if cause.is_some() || failure.any() {
                cause.into_iter().for_each(|cause| failure.record(run.index(), cause));
                work.finish_run(&mut state, &failure);
                drop_quietly(run);
                work.leave(state);
                return Begun::Done(failure.into_first().map_or(Ok(()), Err), pace);
            }
            if !is_timed {
                // What is done without a reading is not learnt from.
                pace = Pace::default();
                break;
            }
            let now = Instant::now();
            let ns = nanoseconds(now.duration_since(last));
            last = now;
            match (guess, first_ns) {
                (Some(guess), None) if run.len() > 0 && bears_out(ns, 1, guess) => {
                    (first_ns, block, is_timed) = (Some(ns), run.len(), site::is_sampled());
                    continue;
                }
                // All is as it was. To learn that would change nothing, by code that lies cold.
                (Some(guess), Some(_)) if is_as_before(ns / block as f32, guess) => break,
                (_, Some(ns)) => pace.record(1, ns),
                _ => {}
            }
            guess = None;
            pace.record(block, ns);
            if run.len() == 0 {
                break;
            }
            let price = || *help_ns.get_or_insert_with(scoped_pool::help_ns_here);
            if plan.is_worth_asking(run.len(), &pace, price) {
                return Begun::Rest(pace, state, run);
            }
            block = pace.probe().min(run.len());
            is_timed = block < run.len() || !pace.is_trusted() || plan.uneven || site::is_sampled();
        }
        work.finish_run(&mut state, &failure);
    }
    work.leave(state);
    if help_ns.is_some() {
        // Help would have been worth asking for, were it cheaper.
        scoped_pool::not_asked_here();
    }
    Begun::Done(failure.into_first().map_or(Ok(()), Err), pace)
}
