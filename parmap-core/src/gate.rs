//! The gate: what lets a `'static` job of a thread pool touch what a call borrows, and lets the call return at any time.
//!
//! A call's work is behind its gate. A helper must enter before it may touch the work and leaves when it is done; the
//! caller closes the gate before the borrow ends and then waits only for those inside. Who comes late is turned away
//! without a look at anything borrowed, so a job that no thread ever runs holds nothing up.
//!
//! This file and `slots.rs`, with its `integers.rs`, hold the crate's only unsafe code. Of work it runs only that of calls
//! inside, while the caller waits for those who made them.

use std::{cell::OnceCell, sync::Arc};

use crate::{
    bell::Bell,
    nested::{Inside, Nested},
    sync::{AtomicUsize, Ordering},
};

/// What a helper does once it is inside: the call's work, given the gate so that it can ask for the next helper.
pub(crate) type Work<'w> = dyn Fn(&Arc<Gate>) + Sync + 'w;

/// Set in [`Gate::state`] for good once the gate is closed; the other bits count the helpers inside.
const CLOSED: usize = 1 << (usize::BITS - 1);

/// One call's gate. Helpers hold it by `Arc`, so it outlives the call; what it guards does not.
///
/// # Invariant
///
/// `work` may be dereferenced only by a helper that is inside: one whose [`enter`](Gate::enter) returned true and that
/// has not left. While any helper is inside, [`scope`], which borrows the work, has not returned.
///
/// # Memory ordering
///
/// - A helper's leaving (`Release`) pairs with the caller's closing and its looks at the closed gate (`Acquire`), so
///   everything a helper did inside happens before what the caller does after [`scope`]. Leavings by several helpers
///   and the closing are read-modify-writes of one word and so continue one release sequence: the look that sees the
///   last leaving sees them all.
/// - Entering is `Relaxed`: that nobody enters a closed gate is a matter of one word's modification order, and what the
///   caller wrote before it opened the gate reached the helper with the `Arc`, through whatever handed that over.
pub(crate) struct Gate {
    state: AtomicUsize,
    work: *const Work<'static>,
    /// Rung when nobody is inside any more, and for whatever else the caller waits for.
    bell: Bell,
    nested: Nested,
}

// SAFETY: `work` points to a `Sync` value, and the invariant says who may follow it and how long; the rest is `Send`.
unsafe impl Send for Gate {}
// SAFETY: as for `Send`: what is shared through `&Gate` is a `Sync` value behind the invariant.
unsafe impl Sync for Gate {}

/// Runs `body`, which may hand out the door's gate to helpers; when this returns or unwinds, the gate is closed, nobody
/// is inside and nobody can enter again.
pub(crate) fn scope<'w, R>(work: &'w Work<'w>, body: impl FnOnce(&Door<'w>) -> R) -> R {
    let door = Door { work, gate: OnceCell::new() };
    let _closing = Closing(&door);
    body(&door)
}

/// Where a call's gate will stand. There is no gate, and no allocation, until one is asked for.
pub(crate) struct Door<'w> {
    work: &'w Work<'w>,
    gate: OnceCell<Arc<Gate>>,
}

impl Door<'_> {
    /// The gate, opened by the first call.
    pub(crate) fn gate(&self) -> &Arc<Gate> {
        self.gate.get_or_init(|| {
            let work: *const Work<'_> = self.work;
            // SAFETY: the two pointer types differ in a lifetime only. That the pointer is not followed after that
            // lifetime is the invariant of `Gate`: this door is only ever made by `scope`, which closes its gate and
            // waits for those inside before the borrow of the work can end.
            let work = unsafe { std::mem::transmute::<*const Work<'_>, *const Work<'static>>(work) };
            Arc::new(Gate { state: AtomicUsize::new(0), work, bell: Bell::new(), nested: Nested::new() })
        })
    }

    /// The gate, if one has been opened.
    pub(crate) fn opened(&self) -> Option<&Arc<Gate>> {
        self.gate.get()
    }
}

/// Closes the door's gate, on return and on unwinding alike.
struct Closing<'d, 'w>(&'d Door<'w>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        if let Some(gate) = self.0.opened() {
            gate.close();
        }
    }
}

impl Gate {
    /// Does the call's work, if the call is still open. True if it was.
    pub(crate) fn help(self: &Arc<Self>) -> bool {
        if !self.enter() {
            return false;
        }
        let _leaving = Leaving(self);
        let _inside = Inside::of(self);
        // SAFETY: this helper entered and leaves, by `_leaving`, only after `work` was last used; so it is inside, and
        // the invariant says that the work is still borrowed by `scope`.
        let work = unsafe { &*self.work };
        work(self);
        true
    }

    fn enter(&self) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        while state & CLOSED == 0 {
            match self.state.compare_exchange_weak(state, state + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => state = now,
            }
        }
        false
    }

    fn leave(&self) {
        if self.state.fetch_sub(1, Ordering::Release) == CLOSED | 1 {
            self.bell.ring();
        }
    }

    fn close(self: &Arc<Self>) {
        self.nested.withdraw(self);
        // Acquire, and below: pairs with the Release of every leaving.
        let mut is_empty = self.state.fetch_or(CLOSED, Ordering::Acquire) & !CLOSED == 0;
        while !is_empty {
            let rung = self.bell.rung();
            is_empty = self.state.load(Ordering::Acquire) == CLOSED;
            if !is_empty && !self.help_inside() && !self.bell.listen(rung, 1) {
                self.bell.sleep(rung);
            }
        }
        self.nested.forget();
    }

    /// What the caller waits by.
    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// The calls that this one is inside of, and those inside it.
    pub(crate) fn nested(&self) -> &Nested {
        &self.nested
    }

    /// For the caller, when it has nothing else to do: helps a call that one of its helpers has open, which it waits for
    /// anyway. False if none wants help.
    pub(crate) fn help_inside(&self) -> bool {
        self.nested.help_one()
    }
}

/// Leaves the gate, on return and on unwinding alike.
struct Leaving<'g>(&'g Gate);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
