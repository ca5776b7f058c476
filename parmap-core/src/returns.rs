//! Runs given back: what a worker hands over when its run turns out heavier than predicted and another is out of work.
//!
//! A caller out of work waits here while some run could still be given back, and no longer. A helper lingers for some
//! microseconds and then leaves: its thread belongs to a pool, in which the worker it would wait for may be waiting for
//! a thread itself. Who has work must never wait here.

use crate::sync::{AtomicUsize, Condvar, LOOKS, Mutex, Ordering, lock, spin_loop};

/// One worker with a run that it could give back, in [`Returns::workers`].
const RETURNABLE: usize = 1;
/// One worker out of work, in the upper half of [`Returns::workers`].
const WAITING: usize = 1 << (usize::BITS / 2);

/// The runs given back in one call, and who waits for one.
///
/// # Memory ordering
///
/// `workers` holds both counts in one word, so that of a worker that stops being able to give back and one that begins
/// to wait, the later sees the earlier: no wake is lost. What a run gives access to is handed over under the lock; the
/// counts order nothing and are `Relaxed`, except that they are changed by read-modify-writes only.
pub(crate) struct Returns<R> {
    workers: AtomicUsize,
    /// How many runs are in `runs`: read without the lock to see that there are none.
    offered: AtomicUsize,
    runs: Mutex<Vec<R>>,
    changed: Condvar,
}

/// A run that was given back, and the taker's word that it could give it back again.
pub(crate) type Taken<'r, R> = (R, Returnable<'r, R>);

impl<R> Returns<R> {
    pub(crate) fn new() -> Self {
        Returns {
            workers: AtomicUsize::new(0),
            offered: AtomicUsize::new(0),
            runs: Mutex::new(Vec::new()),
            changed: Condvar::new(),
        }
    }

    /// True if somebody waits for a run: one relaxed load, for between chunks.
    #[inline]
    pub(crate) fn wanted(&self) -> bool {
        self.workers.load(Ordering::Relaxed) >= WAITING
    }

    /// Whether a run was given back and not taken yet.
    pub(crate) fn is_offered(&self) -> bool {
        self.offered.load(Ordering::Relaxed) > 0
    }

    /// Announces a worker out of work, until the value is dropped.
    pub(crate) fn waiting(&self) -> Waiting<'_, R> {
        self.workers.fetch_add(WAITING, Ordering::Relaxed);
        Waiting(self)
    }

    /// Says that this worker has a run it could give back, or is about to, until the value is dropped.
    pub(crate) fn returnable(&self) -> Returnable<'_, R> {
        self.workers.fetch_add(RETURNABLE, Ordering::Relaxed);
        Returnable(self)
    }

    /// Gives a run back.
    pub(crate) fn give(&self, run: R) {
        let mut runs = lock(&self.runs);
        runs.push(run);
        self.offered.store(runs.len(), Ordering::Relaxed);
        self.changed.notify_one();
    }

    /// Takes a run that was given back, if there is one, less what `cut` cuts off it for the others.
    #[inline]
    pub(crate) fn take(&self, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'_, R>> {
        if self.offered.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.pop(&mut lock(&self.runs), cut)
    }

    /// Waits for a run, for as long as one might still be given back; takes it as [`take`](Self::take) does.
    pub(crate) fn wait(&self, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'_, R>> {
        let _waiting = self.look_out();
        let mut runs = lock(&self.runs);
        loop {
            if let Some(taken) = self.pop(&mut runs, &cut) {
                return Some(taken);
            }
            // None of the others has a run to give, and who takes one given back says so before it lets go of the lock.
            if self.workers.fetch_add(0, Ordering::Relaxed) % WAITING == 0 {
                return None;
            }
            runs = self.changed.wait(runs).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// As [`wait`](Self::wait), but for some microseconds only.
    pub(crate) fn linger(&self, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'_, R>> {
        let waiting = self.look_out();
        let taken = self.take(&cut);
        drop(waiting);
        // What was given to this worker in its last moment here is left to the giver, which looks before it goes.
        taken
    }

    /// Announces a worker out of work, and looks out for a run for some microseconds.
    fn look_out(&self) -> Waiting<'_, R> {
        let waiting = self.waiting();
        for _ in 0..LOOKS {
            let settled = self.workers.load(Ordering::Relaxed) % WAITING == 0;
            if settled || self.offered.load(Ordering::Relaxed) > 0 {
                break;
            }
            spin_loop();
        }
        waiting
    }

    fn pop(&self, runs: &mut Vec<R>, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'_, R>> {
        let mut run = runs.pop()?;
        // All under the lock, so that nobody out of work sees neither the run nor its rest nor that there is one.
        let returnable = self.returnable();
        if let Some(rest) = cut(&mut run) {
            runs.push(rest);
        }
        self.offered.store(runs.len(), Ordering::Relaxed);
        if !runs.is_empty() && self.wanted() {
            self.changed.notify_one();
        }
        Some((run, returnable))
    }
}

/// A worker out of work, until it is dropped.
pub(crate) struct Waiting<'r, R>(&'r Returns<R>);

impl<R> Drop for Waiting<'_, R> {
    fn drop(&mut self) {
        self.0.workers.fetch_sub(WAITING, Ordering::Relaxed);
    }
}

/// A worker's word that it could give a run back.
pub(crate) struct Returnable<'r, R>(&'r Returns<R>);

impl<R> Drop for Returnable<'_, R> {
    fn drop(&mut self) {
        let before = self.0.workers.fetch_sub(RETURNABLE, Ordering::Relaxed);
        if before >= WAITING && before % WAITING == RETURNABLE {
            // The last who could give: wake all who wait. They look at the counts under this lock before they sleep, so
            // each of them is asleep by now or will not sleep.
            let _runs = lock(&self.0.runs);
            self.0.changed.notify_all();
        }
    }
}
