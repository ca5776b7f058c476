//! Values that are counted while they live: what is dropped twice or not at all shows.

use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering::SeqCst};

/// How many values there are.
#[derive(Debug, Default)]
pub(crate) struct Census {
    living: AtomicIsize,
    peak: AtomicIsize,
    made: AtomicUsize,
}

impl Census {
    /// A value that counts.
    pub(crate) fn count(&self, number: usize) -> Counted<'_> {
        self.made.fetch_add(1, SeqCst);
        let living = self.living.fetch_add(1, SeqCst) + 1;
        self.peak.fetch_max(living, SeqCst);
        Counted { number, census: self }
    }

    /// How many live now.
    pub(crate) fn living(&self) -> isize {
        self.living.load(SeqCst)
    }

    /// How many lived at the same time, at most.
    pub(crate) fn peak(&self) -> isize {
        self.peak.load(SeqCst)
    }

    /// How many were ever made.
    pub(crate) fn made(&self) -> usize {
        self.made.load(SeqCst)
    }
}

/// A value that is counted while it lives.
#[derive(Debug)]
pub(crate) struct Counted<'c> {
    pub(crate) number: usize,
    pub(crate) census: &'c Census,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.census.living.fetch_sub(1, SeqCst);
    }
}
