//! `local`: the workers' own states of one call.
//!
//! One is made when a worker comes to its first item and there is none left by a worker that went. So there are never more
//! than workers at a time, however often helpers come and go; all are dropped before the call returns.

use std::{mem::size_of, sync::PoisonError};

use crate::sync::whole::Mutex;

/// The states of one call, and how to make one.
pub(crate) struct Locals<K, L> {
    make: K,
    idle: Mutex<Vec<L>>,
}

impl<L, K: Fn() -> L> Locals<K, L> {
    pub(crate) fn new(make: K) -> Self {
        Locals { make, idle: Mutex::new(Vec::new()) }
    }

    /// One for a worker to have to itself.
    #[inline]
    pub(crate) fn take(&self) -> L {
        self.left_behind().unwrap_or_else(&self.make)
    }

    #[inline]
    fn left_behind(&self) -> Option<L> {
        // Without `local` there is nothing to look for.
        if size_of::<L>() == 0 {
            return None;
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Leaves one behind, for the next worker or to be dropped with the call.
    #[inline]
    pub(crate) fn leave(&self, local: L) {
        if size_of::<L>() != 0 {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(local);
        }
    }
}
