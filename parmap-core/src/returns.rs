//! Runs given back: what a worker hands over when its run turns out heavier than predicted and another is out of work.
//!
//! A caller out of work waits by its bell while some run could still be given back, and no longer. A helper lingers for some
//! microseconds and then leaves: its thread belongs to a pool, in which the worker it would wait for may be waiting for
//! a thread itself. Who has work must never wait here.

use crate::{
    bell::Bell,
    sync::{AtomicUsize, LOOKS, Mutex, Ordering, lock, spin_loop},
};

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
/// counts order nothing and are `Relaxed`, except that they are changed by read-modify-writes only. Who is about to wait
/// says so before it looks under the lock, so who gives a run after that look sees somebody waiting, and rings.
pub(crate) struct Returns<R> {
    workers: AtomicUsize,
    /// How many runs are in `runs`: read without the lock to see that there are none.
    offered: AtomicUsize,
    runs: Mutex<Vec<R>>,
}

/// A run that was given back, and the taker's word that it could give it back again.
pub(crate) type Taken<'r, R> = (R, Returnable<'r, R>);

impl<R> Returns<R> {
    pub(crate) fn new() -> Self {
        Returns { workers: AtomicUsize::new(0), offered: AtomicUsize::new(0), runs: Mutex::new(Vec::new()) }
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

    /// Says that this worker has a run it could give back, or is about to, until the value is dropped. The bell is that of
    /// the caller, who waits by it.
    #[inline]
    pub(crate) fn returnable<'r>(&'r self, bell: &'r Bell) -> Returnable<'r, R> {
        self.workers.fetch_add(RETURNABLE, Ordering::Relaxed);
        Returnable { returns: self, bell }
    }

    /// Gives a run back. The caller's bell is to be rung after that.
    pub(crate) fn give(&self, run: R) {
        let mut runs = lock(&self.runs);
        runs.push(run);
        self.offered.store(runs.len(), Ordering::Relaxed);
    }

    /// Takes a run that was given back, if there is one, whole and for good.
    #[inline]
    pub(crate) fn take_whole(&self) -> Option<R> {
        if !self.is_offered() {
            return None;
        }
        let mut runs = lock(&self.runs);
        let run = runs.pop();
        self.offered.store(runs.len(), Ordering::Relaxed);
        run
    }

    /// Takes a run that was given back, if there is one, less what `cut` cuts off it for the others.
    #[inline]
    pub(crate) fn take<'r>(&'r self, bell: &'r Bell, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'r, R>> {
        if self.is_offered() { self.pop(&mut lock(&self.runs), bell, cut) } else { None }
    }

    /// For the caller: waits for a run, for as long as one might still be given back; takes it as [`take`](Self::take) does.
    /// `meanwhile` does something else that is worth doing, if there is something.
    pub(crate) fn wait<'r>(
        &'r self,
        bell: &'r Bell,
        cut: impl Fn(&mut R) -> Option<R>,
        meanwhile: impl Fn() -> bool,
    ) -> Option<Taken<'r, R>> {
        loop {
            let rung = bell.rung();
            if meanwhile() {
                continue;
            }
            // Said before the look, so that who gives a run later, or is the last who could, sees it and rings.
            let _waiting = self.waiting();
            {
                let mut runs = lock(&self.runs);
                if let Some(taken) = self.pop(&mut runs, bell, &cut) {
                    return Some(taken);
                }
                // None of the others has a run to give. Asked under the same lock, as who takes one given back says so
                // before it lets go of it.
                if self.workers.fetch_add(0, Ordering::Relaxed) % WAITING == 0 {
                    return None;
                }
            }
            if !bell.listen(rung, 1) {
                bell.sleep(rung);
            }
        }
    }

    /// For a helper: as [`wait`](Self::wait), but for some microseconds only.
    pub(crate) fn linger<'r>(&'r self, bell: &'r Bell, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'r, R>> {
        let waiting = self.waiting();
        for _ in 0..LOOKS {
            let settled = self.workers.load(Ordering::Relaxed) % WAITING == 0;
            if settled || self.is_offered() {
                break;
            }
            spin_loop();
        }
        let taken = self.take(bell, &cut);
        drop(waiting);
        // What was given to this worker in its last moment here is left to the giver, which looks before it goes.
        taken
    }

    fn pop<'r>(&'r self, runs: &mut Vec<R>, bell: &'r Bell, cut: impl Fn(&mut R) -> Option<R>) -> Option<Taken<'r, R>> {
        let mut run = runs.pop()?;
        // All under the lock, so that nobody out of work sees neither the run nor its rest nor that there is one.
        let returnable = self.returnable(bell);
        if let Some(rest) = cut(&mut run) {
            runs.push(rest);
        }
        // Who waits has looked before this run was given, and is rung for after that: it finds the rest.
        self.offered.store(runs.len(), Ordering::Relaxed);
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
pub(crate) struct Returnable<'r, R> {
    returns: &'r Returns<R>,
    bell: &'r Bell,
}

impl<R> Drop for Returnable<'_, R> {
    fn drop(&mut self) {
        let before = self.returns.workers.fetch_sub(RETURNABLE, Ordering::Relaxed);
        if before >= WAITING && before % WAITING == RETURNABLE {
            // The last who could give: who waits looks again.
            self.bell.ring();
        }
    }
}
