//! A call's failure: of all panics, the one with the lowest index, with its payload kept as it was.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::site::Site;

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// The lowest failure so far.
///
/// # Memory ordering
///
/// `lowest` is read `Relaxed`, as a hint what need no longer be started: a worker that reads a stale value does work that
/// turns out to be in vain, and an index once below the lowest stays to be done. The payload is under the lock.
pub(crate) struct Failure {
    lowest: AtomicUsize,
    first: Mutex<Option<(usize, Payload)>>,
}

impl Failure {
    /// The index of a panic that belongs to no item, such as one from dropping what was never started.
    pub(crate) const NO_ITEM: usize = usize::MAX - 1;
    const NONE: usize = usize::MAX;

    pub(crate) fn none() -> Self {
        Failure { lowest: AtomicUsize::new(Self::NONE), first: Mutex::new(None) }
    }

    /// True once anything failed.
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.lowest.load(Ordering::Relaxed) != Self::NONE
    }

    /// True if something before `index` failed, so that `index` need not be started.
    #[inline]
    pub(crate) fn before(&self, index: usize) -> bool {
        self.lowest.load(Ordering::Relaxed) < index
    }

    /// Keeps the payload if its index is the lowest so far.
    pub(crate) fn record(&self, index: usize, payload: Payload) {
        let superseded = {
            let mut first = self.first.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            match &*first {
                Some((lowest, _)) if *lowest <= index => Some(payload),
                _ => {
                    self.lowest.store(index, Ordering::Relaxed);
                    first.replace((index, payload)).map(|(_, payload)| payload)
                }
            }
        };
        // A payload whose destructor panics must not bring the worker down.
        drop_quietly(superseded);
    }

    /// The lowest failure, if any.
    pub(crate) fn into_first(self) -> Option<Failed> {
        let first = self.first.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        first.map(|(index, payload)| Failed { index, payload })
    }
}

/// Drops a value whatever its destructor does. The payload of a destructor's panic is forgotten: to drop it might panic.
fn drop_quietly<T>(value: T) {
    catch_unwind(AssertUnwindSafe(|| drop(value))).unwrap_or_else(std::mem::forget);
}

/// A call that failed: the panic to go on with, once the call has cleaned up.
#[must_use]
pub(crate) struct Failed {
    pub(crate) index: usize,
    pub(crate) payload: Payload,
}

impl Failed {
    /// Drops what the call made, says on standard error which item of which site panicked, and panics as the item did.
    pub(crate) fn raise<T>(self, site: &Site, made: T) -> ! {
        // The item's panic is the one to report; a result whose destructor panics too must not hide it.
        drop_quietly(made);
        if self.index != Self::NO_ITEM {
            // `eprintln!` panics where standard error cannot be written to, which must not hide the item's panic either.
            let report = catch_unwind(|| eprintln!("parmap: item {} of {site} panicked", self.index));
            report.unwrap_or_else(std::mem::forget);
        }
        resume_unwind(self.payload)
    }

    const NO_ITEM: usize = Failure::NO_ITEM;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_index_is_kept_whatever_the_order() {
        let failure = Failure::none();
        assert!(!failure.any());
        for index in [7, 9, 3, 5, 3] {
            failure.record(index, Box::new(index));
        }
        assert!(failure.any() && failure.before(4) && !failure.before(3));
        let failed = failure.into_first().unwrap();
        assert_eq!((failed.index, failed.payload.downcast_ref()), (3, Some(&3_usize)));
    }
}
