//! A call's failure: of all panics and errors, the one with the lowest index, with its payload kept as it was.

use std::{
    any::Any,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

use crate::{
    cancel::Cancelled,
    site::Site,
    sync::{AtomicUsize, Mutex, Ordering, lock},
};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// What an item failed by.
pub(crate) enum Cause<E> {
    Panic(Payload),
    /// The error that a function with `try` returned.
    Error(E),
}

/// What a block of items failed by, if it did.
pub(crate) fn cause<E>(done: thread::Result<ControlFlow<E>>) -> Option<Cause<E>> {
    match done {
        Ok(ControlFlow::Continue(())) => None,
        Ok(ControlFlow::Break(error)) => Some(Cause::Error(error)),
        Err(payload) => Some(Cause::Panic(payload)),
    }
}

/// The lowest failure so far.
///
/// # Memory ordering
///
/// `lowest` is read `Relaxed`, as a hint what need no longer be started: a worker that reads a stale value does work that
/// turns out to be in vain, and an index once below the lowest stays to be done. The cause is under the lock.
pub struct Failure<E> {
    lowest: AtomicUsize,
    first: Mutex<Option<(usize, Cause<E>)>>,
}

impl Failure<()> {
    /// The index of a panic that belongs to no item, such as one from dropping what was never started.
    pub(crate) const NO_ITEM: usize = usize::MAX - 1;
    const NONE: usize = usize::MAX;
}

impl<E> Failure<E> {
    pub(crate) fn none() -> Self {
        Failure { lowest: AtomicUsize::new(Failure::NONE), first: Mutex::new(None) }
    }

    /// True once anything failed.
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.lowest.load(Ordering::Relaxed) != Failure::NONE
    }

    /// True if something before `index` failed, so that `index` need not be started.
    #[inline]
    pub(crate) fn before(&self, index: usize) -> bool {
        self.lowest.load(Ordering::Relaxed) < index
    }

    /// Keeps the cause if its index is the lowest so far.
    pub(crate) fn record(&self, index: usize, cause: Cause<E>) {
        let superseded = {
            let mut first = lock(&self.first);
            match &*first {
                Some((lowest, _)) if *lowest <= index => Some(cause),
                _ => {
                    self.lowest.store(index, Ordering::Relaxed);
                    first.replace((index, cause)).map(|(_, cause)| cause)
                }
            }
        };
        // A payload or an error whose destructor panics must not bring the worker down.
        drop_quietly(superseded);
    }

    /// Keeps a panic if its index is the lowest so far.
    pub(crate) fn record_panic(&self, index: usize, payload: Payload) {
        self.record(index, Cause::Panic(payload));
    }

    /// The lowest failure, if any.
    pub(crate) fn into_first(self) -> Option<Stopped<E>> {
        let first = self.first.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        first.map(|(index, cause)| match cause {
            Cause::Panic(payload) => Stopped::Panicked(Panicked { index, payload }),
            Cause::Error(error) => Stopped::Failed(error),
        })
    }
}

/// Drops a value whatever its destructor does. The payload of a destructor's panic is forgotten: to drop it might panic.
pub(crate) fn drop_quietly<T>(value: T) {
    catch_unwind(AssertUnwindSafe(|| drop(value))).unwrap_or_else(std::mem::forget);
}

/// Why a call ended before its end.
pub enum Stopped<E> {
    Panicked(Panicked),
    Failed(E),
    Cancelled,
}

impl<E> Stopped<E> {
    /// Drops what the call made. A panic is the one to report; a result whose destructor panics too must not hide it.
    pub(crate) fn without<T>(self, made: T) -> Self {
        match self {
            Stopped::Failed(_) => drop(made),
            Stopped::Panicked(_) | Stopped::Cancelled => drop_quietly(made),
        }
        self
    }
}

/// The panic of an item, to go on with once the call has cleaned up.
#[must_use]
pub struct Panicked {
    pub(crate) index: usize,
    pub(crate) payload: Payload,
}

impl Panicked {
    /// Says on standard error which item of which site panicked, and panics as the item did.
    pub(crate) fn raise(self, site: &Site) -> ! {
        if self.index != Failure::NO_ITEM {
            report(&format_args!("item {} of {site} panicked", self.index));
        }
        resume_unwind(self.payload)
    }
}

/// Ends a cancelled call that cannot return an error.
pub(crate) fn raise_cancelled(site: &Site) -> ! {
    report(&format_args!("{site} was cancelled"));
    resume_unwind(Box::new(Cancelled))
}

/// Writes a line to standard error. `eprintln!` panics where that cannot be written to, which must not hide a panic.
pub(crate) fn report(line: &dyn std::fmt::Display) {
    catch_unwind(AssertUnwindSafe(|| eprintln!("parmap: {line}"))).unwrap_or_else(std::mem::forget);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_index_is_kept_whatever_the_order() {
        let failure = Failure::<usize>::none();
        assert!(!failure.any());
        for index in [7, 9, 3, 5, 3] {
            failure.record_panic(index, Box::new(index));
        }
        failure.record(4, Cause::Error(4));
        assert!(failure.any() && failure.before(4) && !failure.before(3));
        let Some(Stopped::Panicked(panicked)) = failure.into_first() else { panic!("it was a panic") };
        assert_eq!((panicked.index, panicked.payload.downcast_ref()), (3, Some(&3_usize)));
    }

    #[test]
    fn an_error_below_a_panic_is_kept() {
        let failure = Failure::none();
        failure.record_panic(8, Box::new(()));
        failure.record(2, Cause::Error("two"));
        assert!(matches!(failure.into_first(), Some(Stopped::Failed("two"))));
    }
}
