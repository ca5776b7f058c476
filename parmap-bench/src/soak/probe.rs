//! What the items of a call do, and what must hold of the call whatever its form.
//!
//! Values that are counted while they live are here too: what is dropped twice, or not at all, shows.

use std::{
    any::Any,
    cell::Cell,
    fmt::Debug,
    hint::black_box,
    panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind},
    sync::atomic::{
        AtomicBool, AtomicI64, AtomicU8, AtomicU64, AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
    thread::{self, ThreadId},
};

use parmap::{CancelToken, Cancelled};
use rayon::prelude::*;

use super::{
    program::{Cancel, Cost, Program},
    random::mix,
    run,
    world::World,
};
use crate::spin::spin;

/// The payload of a panic that was planned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Planned {
    seed: u64,
    position: u64,
}

/// The error of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failed {
    At(u64),
    /// A `None`, which does not say where.
    Somewhere,
    Cancelled,
}

impl From<Cancelled> for Failed {
    fn from(_: Cancelled) -> Self {
        Failed::Cancelled
    }
}

/// How a call ended: by a value or an error, or by a panic.
pub(crate) type Got<V> = thread::Result<Result<V, Failed>>;

/// One call, as its items see it.
///
/// # Memory ordering
///
/// The counts are `Relaxed`: they are read when the call has returned, and that it returns only behind all of its items
/// is what is tested. (A count that came late would show as a call whose items were not all evaluated.)
pub(crate) struct Probe<'p> {
    pub(crate) program: &'p Program,
    world: &'static World,
    /// Whether this call or one around it may be stopped.
    stoppable: bool,
    pub(crate) token: CancelToken,
    caller: ThreadId,
    /// Items under way, and evaluated in all.
    inside: AtomicUsize,
    started: AtomicU64,
    /// How often each was evaluated, if that is counted.
    marks: Vec<AtomicU8>,
    returned: AtomicBool,
    /// How many counted values there are, and the sum of what they were marked with.
    living: AtomicI64,
    marked: AtomicU64,
}

impl<'p> Probe<'p> {
    pub(crate) fn new(program: &'p Program, world: &'static World) -> Self {
        Probe {
            program,
            world,
            stoppable: Stoppable::here() || program.cancel.is_some(),
            token: CancelToken::new(),
            caller: thread::current().id(),
            inside: AtomicUsize::new(0),
            started: AtomicU64::new(0),
            marks: (0..if program.marked { program.items } else { 0 }).map(|_| AtomicU8::new(0)).collect(),
            returned: AtomicBool::new(false),
            living: AtomicI64::new(0),
            marked: AtomicU64::new(0),
        }
    }

    pub(crate) fn items(&self) -> u64 {
        self.program.items
    }

    pub(crate) fn len(&self) -> usize {
        self.program.items as usize
    }

    pub(crate) fn processes(&self) -> usize {
        self.program.processes
    }

    pub(crate) fn chunksize(&self) -> usize {
        self.program.chunksize
    }

    /// The items of the call.
    pub(crate) fn positions(&self) -> Vec<u64> {
        (0..self.items()).collect()
    }

    /// The result of the item at this position.
    #[inline]
    pub(crate) fn value(&self, position: u64) -> u64 {
        self.program.value(position)
    }

    /// The results of all items.
    pub(crate) fn values(&self) -> Vec<u64> {
        (0..self.items()).map(|position| self.value(position)).collect()
    }

    /// What the item at this position does, in a function that cannot return an error.
    pub(crate) fn visit(&self, position: u64) -> u64 {
        self.attempt(position, false).unwrap_or_else(|_| unreachable!("it was not to return an error"))
    }

    /// What the item at this position does, in a function that can.
    pub(crate) fn tried(&self, position: u64) -> Result<u64, Failed> {
        self.attempt(position, true)
    }

    fn attempt(&self, position: u64, tries: bool) -> Result<u64, Failed> {
        let _inside = Inside::enter(self, position);
        self.pay(position);
        let program = self.program;
        if program.nests && mix(position ^ !program.seed) % program.items < 3 {
            run::run(self.world, mix(program.seed ^ position), program.depth + 1);
            // As the call would have done, had its panic not been caught there.
            if self.token.is_cancelled() && position % 2 == 0 {
                resume_unwind(Box::new(Cancelled));
            }
        }
        if matches!(program.cancel, Some(Cancel::ByItem(at)) if at == position) {
            self.token.cancel();
        }
        if !program.fails_at(position) {
            return Ok(self.value(position));
        }
        if tries && !program.panics_at(position) {
            return Err(Failed::At(position));
        }
        let planned = Planned { seed: program.seed, position };
        if position % 2 == 0 { panic_any(planned) } else { resume_unwind(Box::new(planned)) }
    }

    /// What the item at this position costs.
    fn pay(&self, position: u64) {
        let is_one_in = |one_in: u64| mix(position.wrapping_add(self.program.seed)) % one_in == 0;
        match self.program.cost {
            Cost::Nothing => {}
            Cost::Even(steps) => _ = black_box(spin(position, steps)),
            Cost::Skewed(steps) => _ = black_box(spin(position, if is_one_in(64) { steps * 64 } else { steps })),
            Cost::Sleeps { one_in, time } if is_one_in(one_in) => thread::sleep(time),
            Cost::Yields { one_in } if is_one_in(one_in) => thread::yield_now(),
            Cost::Rayon { one_in } if is_one_in(one_in) => match position % 3 {
                0 => _ = rayon::yield_now(),
                1 => _ = rayon::join(|| black_box(spin(position, 500)), || black_box(spin(position, 500))),
                _ => assert_eq!((0..8_u64).into_par_iter().map(|x| spin(x, 100) | 1).filter(|x| x % 2 == 1).count(), 8),
            },
            Cost::Sleeps { .. } | Cost::Yields { .. } | Cost::Rayon { .. } => {}
        }
    }

    /// Makes a call that can only fail by a panic.
    pub(crate) fn plain<V>(&self, call: impl FnOnce() -> V) -> Got<V> {
        self.returned(|| Ok(call()))
    }

    /// Makes a call that can fail.
    pub(crate) fn fallible<V>(&self, call: impl FnOnce() -> Result<V, Failed>) -> Got<V> {
        self.returned(call)
    }

    /// Makes a call that can give nothing.
    pub(crate) fn optional<V>(&self, call: impl FnOnce() -> Option<V>) -> Got<V> {
        self.returned(|| call().ok_or(Failed::Somewhere))
    }

    /// Makes a call whose items are not this probe's: none of them fails.
    pub(crate) fn pure<V>(&self, call: impl FnOnce() -> V) -> Got<V> {
        self.returned(|| Ok(call()))
    }

    fn returned<V>(&self, call: impl FnOnce() -> Result<V, Failed>) -> Got<V> {
        let got = catch_unwind(AssertUnwindSafe(call));
        self.returned.store(true, SeqCst);
        let inside = self.inside.load(SeqCst);
        if inside > 0 {
            self.wrong(format!("{inside} items are under way though the call has returned"));
        }
        got
    }

    /// Checks how the call ended, if all items come to what fails.
    pub(crate) fn settle<V: PartialEq + Debug>(&self, got: Got<V>, value: impl FnOnce() -> V) {
        self.settle_where(got, |_| true, value);
    }

    /// Checks how the call ended, if those items come to what fails that `comes` says. `value`: what the loop gives.
    pub(crate) fn settle_where<V: PartialEq + Debug>(
        &self,
        got: Got<V>,
        comes: impl Fn(u64) -> bool,
        value: impl FnOnce() -> V,
    ) {
        let lowest = self.lowest(&comes);
        let ended = match got {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(failed)) => Err((failed, false)),
            Err(payload) => match self.failed(&*payload) {
                Some(failed) => Err((failed, true)),
                None => return self.wrong(format!("it panicked: {}", text(&*payload))),
            },
        };
        // Up to where each was evaluated, if the call was not stopped.
        let mut done_to = Some(lowest.map_or(self.items(), |lowest| lowest + 1));
        match ended {
            Ok(got) => match lowest {
                Some(lowest) => self.wrong(format!("item {lowest} failed, and the call returned a value")),
                None => self.compare(&got, &value()),
            },
            Err((Failed::Cancelled, _)) if self.stoppable => {
                self.world.tally.cancelled.fetch_add(1, Relaxed);
                done_to = None;
            }
            Err((Failed::Cancelled, _)) => self.wrong("it was cancelled, and nobody did so".to_owned()),
            Err((Failed::Somewhere, _)) if lowest.is_none() => self.wrong("it gave nothing".to_owned()),
            Err((Failed::Somewhere, _)) => {
                if self.stoppable {
                    done_to = None;
                }
            }
            Err((Failed::At(position), panicked)) => {
                // A call that is stopped as it fails may not have come to the lowest, nor to all before it.
                if self.stoppable {
                    done_to = None;
                }
                let may_be = self.stoppable && self.program.fails_at(position) && comes(position);
                if lowest != Some(position) && !may_be {
                    self.wrong(format!("it failed at {position}, not at {lowest:?}"));
                    done_to = None;
                }
                if panicked && !self.program.panics_at(position) && self.program.form.tries {
                    self.wrong(format!("the error of {position} came as a panic"));
                }
            }
        }
        if lowest.is_some() {
            self.world.tally.failed.fetch_add(1, Relaxed);
        }
        self.check_marks(done_to, comes);
    }

    /// The position whose failure is the call's.
    fn lowest(&self, comes: &impl Fn(u64) -> bool) -> Option<u64> {
        let failing = self.program.failing.filter(|_| self.program.form.visits)?;
        (failing.first..self.items()).step_by(failing.stride as usize).find(|position| comes(*position))
    }

    /// What a panic's payload says of its item, if it was planned.
    fn failed(&self, payload: &(dyn Any + Send)) -> Option<Failed> {
        if payload.is::<Cancelled>() {
            return Some(Failed::Cancelled);
        }
        let planned = payload.downcast_ref::<Planned>()?;
        (planned.seed == self.program.seed).then_some(Failed::At(planned.position))
    }

    fn compare<V: PartialEq + Debug>(&self, got: &V, expected: &V) {
        if got != expected {
            let cut = |value: &V| format!("{value:?}").chars().take(300).collect::<String>();
            self.wrong(format!("it gave {}, and the loop {}", cut(got), cut(expected)));
        }
    }

    /// Checks how often items were evaluated: once below `done_to`, if it is known, and at most once elsewhere.
    fn check_marks(&self, done_to: Option<u64>, comes: impl Fn(u64) -> bool) {
        self.world.tally.items.fetch_add(self.started.load(Relaxed), Relaxed);
        if !self.program.form.visits {
            return;
        }
        for (position, mark) in self.marks.iter().enumerate() {
            let (position, times) = (position as u64, mark.load(Relaxed));
            let least = u8::from(done_to.is_some_and(|done_to| position < done_to) && comes(position));
            if times > 1 || times < least {
                return self.wrong(format!("item {position} was evaluated {times} times"));
            }
        }
        let started = self.started.load(Relaxed);
        if self.marks.is_empty() && done_to == Some(self.items()) && self.program.failing.is_none() {
            let expected = (0..self.items()).filter(|position| comes(*position)).count() as u64;
            if started != expected {
                self.wrong(format!("{started} items were evaluated, and there are {expected}"));
            }
        }
    }

    /// Checks that a serial stage or an end is given what comes next.
    pub(crate) fn in_order(&self, next: &mut u64, position: u64) {
        if *next != position {
            self.wrong(format!("{position} came where {next} was next"));
        }
        *next = position + 1;
    }

    /// A value that is counted while it lives.
    pub(crate) fn counted(&self, number: u64) -> Counted<'_> {
        self.living.fetch_add(1, Relaxed);
        self.marked.fetch_add(mix(number), Relaxed);
        Counted { number, living: &self.living, marked: &self.marked, own: Box::new(number) }
    }

    /// Checks how many counted values there are.
    pub(crate) fn check_living(&self, expected: usize) {
        let (living, marked) = (self.living.load(Relaxed), self.marked.load(Relaxed));
        if living != expected as i64 || expected == 0 && marked != 0 {
            self.wrong(format!("{living} values live (marked {marked:x}), not {expected}"));
        }
    }

    /// Tells what does not hold of this call.
    #[cold]
    pub(crate) fn wrong(&self, what: String) {
        self.world.wrong(self.program, &what);
    }
}

/// An item under way.
struct Inside<'p> {
    probe: &'p Probe<'p>,
    _stoppable: Option<Stoppable>,
}

impl<'p> Inside<'p> {
    fn enter(probe: &'p Probe<'p>, position: u64) -> Self {
        let inside = probe.inside.fetch_add(1, Relaxed) + 1;
        probe.started.fetch_add(1, Relaxed);
        if let Some(mark) = probe.marks.get(position as usize) {
            mark.fetch_add(1, Relaxed);
        }
        if probe.returned.load(Relaxed) {
            probe.wrong(format!("item {position} began after the call had returned"));
        }
        let widest = probe.program.widest;
        if widest != 0 && inside > widest {
            probe.wrong(format!("{inside} items at once, with {widest} threads allowed"));
        }
        if widest == 1 && thread::current().id() != probe.caller {
            probe.wrong(format!("item {position} is not evaluated by the caller, who was to be alone"));
        }
        Inside { probe, _stoppable: probe.stoppable.then(Stoppable::begin) }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if self.probe.returned.load(Relaxed) {
            self.probe.wrong("an item ended after the call had returned".to_owned());
        }
        self.probe.inside.fetch_sub(1, Relaxed);
    }
}

thread_local! {
    static STOPPABLE: Cell<u32> = const { Cell::new(0) };
}

/// While it is there, calls on this thread may be stopped by what is around them.
///
/// That may be a call they have nothing to do with: what rayon runs on this thread while somebody waits for rayon goes
/// by the settings that hold here (see `parmap::with`).
pub(crate) struct Stoppable;

impl Stoppable {
    pub(crate) fn begin() -> Self {
        STOPPABLE.set(STOPPABLE.get() + 1);
        Stoppable
    }

    fn here() -> bool {
        STOPPABLE.get() > 0
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        STOPPABLE.set(STOPPABLE.get() - 1);
    }
}

/// A value that is counted while it lives, and owns memory, so that the allocator may notice as well.
#[derive(Debug)]
pub(crate) struct Counted<'p> {
    pub(crate) number: u64,
    living: &'p AtomicI64,
    marked: &'p AtomicU64,
    own: Box<u64>,
}

impl Counted<'_> {
    /// Whether its memory is its own.
    pub(crate) fn is_whole(&self) -> bool {
        *self.own == self.number
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.living.fetch_sub(1, Relaxed);
        self.marked.fetch_sub(mix(*self.own), Relaxed);
    }
}

/// What a panic that was not planned says.
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .or_else(|| payload.downcast_ref::<Planned>().map(|planned| format!("{planned:?} of another call")))
        .unwrap_or_else(|| "with something that is no text".to_owned())
}
