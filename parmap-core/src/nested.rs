//! Calls inside calls: who waits for a call helps those that its helpers have open meanwhile, and nothing else.
//!
//! A thread that is inside a gate as a helper may make calls of its own, and these may want help. They say so at the gate
//! they were made behind, and at those that one is behind in turn: their callers may be waiting for this very work. It
//! must never show a caller a call that it is not waiting for, whose work might take a lock that the caller holds.
// Loom's macro takes no const block.
#![allow(clippy::missing_const_for_thread_local)]

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    failure::drop_quietly,
    gate::Gate,
    sync::{AtomicBool, Mutex, Ordering, lock, thread_local},
};

/// A call's wish for one helper, which may be shown in several places.
///
/// # Memory ordering
///
/// `granted` is `Relaxed`: it is changed by a swap, and the gate was handed over under a lock.
pub(crate) struct Request {
    gate: Arc<Gate>,
    granted: AtomicBool,
}

impl Request {
    pub(crate) fn new(gate: &Arc<Gate>) -> Arc<Self> {
        Arc::new(Request { gate: gate.clone(), granted: AtomicBool::new(false) })
    }

    /// Whether this is a wish of the call behind `gate`.
    pub(crate) fn is_of(&self, gate: &Arc<Gate>) -> bool {
        Arc::ptr_eq(&self.gate, gate)
    }

    /// Whether somebody has come for it.
    pub(crate) fn is_granted(&self) -> bool {
        self.granted.load(Ordering::Relaxed)
    }

    /// Lets the thread that comes first help, for as long as there is something to do. False for all others.
    pub(crate) fn grant(&self, comes: Comes) -> bool {
        if self.granted.swap(true, Ordering::Relaxed) {
            return false;
        }
        let before = COMES.try_with(|last| last.replace(comes));
        // A call's work handles its own panics; should one get out, it must not end a thread that only came to help.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.gate.help())) {
            drop_quietly(payload);
        }
        let _ = COMES.try_with(|last| before.map(|before| last.set(before)));
        true
    }
}

/// How a helper comes to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comes {
    /// From its pool, where it may have slept.
    Woken,
    /// From the wait for a call around it.
    Waiting,
}

/// How this thread came to the call that it has helped last.
pub(crate) fn comes() -> Comes {
    COMES.try_with(Cell::get).unwrap_or(Comes::Woken)
}

/// Whether a caller on this thread may help the calls inside its own.
///
/// Not on a thread of no pool: an item that used rayon would wait there for a thread of the global pool, and all of those
/// may be callers that wait for such items. They can use each other's help.
fn may_help() -> bool {
    #[cfg(all(feature = "rayon", not(loom)))]
    return crate::pools::may_help();
    #[cfg(any(not(feature = "rayon"), loom))]
    true
}

/// What a call knows of the calls it is inside of, and of those inside it.
pub(crate) struct Nested {
    /// The gate that the call was made behind, if its caller is a helper there.
    outer: Option<Arc<Gate>>,
    /// Whether its caller helps calls inside.
    helps: bool,
    /// The wishes of calls inside, in the order in which they came.
    wanted: Mutex<VecDeque<Arc<Request>>>,
}

thread_local! {
    /// The innermost gate that this thread is inside of as a helper.
    static INSIDE: RefCell<Option<Arc<Gate>>> = RefCell::new(None);
    static COMES: Cell<Comes> = Cell::new(Comes::Woken);
}

impl Nested {
    /// For a call that this thread makes.
    pub(crate) fn new() -> Self {
        let outer = INSIDE.try_with(|inside| inside.borrow().clone()).ok().flatten();
        Nested { outer, helps: may_help(), wanted: Mutex::new(VecDeque::new()) }
    }

    /// The gates that the call was made behind whose callers help calls inside, from the innermost.
    fn outer(&self) -> impl Iterator<Item = &Arc<Gate>> {
        let all = std::iter::successors(self.outer.as_ref(), |gate| gate.nested().outer.as_ref());
        all.filter(|gate| gate.nested().helps)
    }

    /// Shows a wish of this call to all who may be waiting for it.
    pub(crate) fn show(&self, request: &Arc<Request>) {
        for gate in self.outer() {
            let mut wanted = lock(&gate.nested().wanted);
            // Those that were granted elsewhere must not pile up here.
            wanted.retain(|request| !request.is_granted());
            wanted.push_back(request.clone());
            drop(wanted);
            gate.bell().ring();
        }
    }

    /// Takes back all wishes of this call, which is behind `gate`.
    pub(crate) fn withdraw(&self, gate: &Arc<Gate>) {
        for outer in self.outer() {
            lock(&outer.nested().wanted).retain(|request| !request.is_of(gate));
        }
    }

    /// Forgets the wishes of calls inside, once nobody is inside any more. They hold their gates, which hold this one.
    pub(crate) fn forget(&self) {
        let wanted = std::mem::take(&mut *lock(&self.wanted));
        drop(wanted);
    }

    /// Helps one of the calls inside. False if none wants help, or if this thread had better not.
    pub(crate) fn help_one(&self) -> bool {
        if !self.helps {
            return false;
        }
        loop {
            let Some(request) = lock(&self.wanted).pop_front() else { return false };
            if request.grant(Comes::Waiting) {
                return true;
            }
        }
    }
}

/// Says that this thread is inside a gate, until it is dropped.
pub(crate) struct Inside {
    before: Option<Arc<Gate>>,
}

impl Inside {
    pub(crate) fn of(gate: &Arc<Gate>) -> Self {
        let enter = |inside: &RefCell<Option<Arc<Gate>>>| inside.replace(Some(gate.clone()));
        // A thread that is ending has no such place any more, and makes its calls as if they were inside of nothing.
        Inside { before: INSIDE.try_with(enter).ok().flatten() }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let before = self.before.take();
        let left = INSIDE.try_with(|inside| inside.replace(before));
        drop(left);
    }
}
