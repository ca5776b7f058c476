//! The bell: what wakes a caller that waits for its helpers.
//!
//! A caller asks how often it was rung, looks for what it could do, and sleeps only if it was not rung since. Nothing else
//! ever sleeps here, and who rings never waits.

use crate::sync::{AtomicUsize, Condvar, LOOKS, Mutex, Ordering, lock, spin_loop};

/// What a caller that finds nothing to do listens to while its helpers are at work.
///
/// # Memory ordering
///
/// Counting (`Release`) pairs with asking for the count (`Acquire`): a caller that knows of a ring sees what there was to do,
/// or that all is over, before it decides to sleep. That no ring is missed in between is a matter of the lock, which a
/// ringing worker takes after it has counted.
pub(crate) struct Bell {
    rung: AtomicUsize,
    asleep: Mutex<bool>,
    woken: Condvar,
}

impl Bell {
    pub(crate) fn new() -> Self {
        Bell { rung: AtomicUsize::new(0), asleep: Mutex::new(false), woken: Condvar::new() }
    }

    /// How often it was rung so far: to be asked before one looks for work.
    pub(crate) fn rung(&self) -> usize {
        self.rung.load(Ordering::Acquire)
    }

    /// Says that there is something to do.
    pub(crate) fn ring(&self) {
        self.rung.fetch_add(1, Ordering::Release);
        if *lock(&self.asleep) {
            self.woken.notify_one();
        }
    }

    /// Waits for some microseconds, or so many times that, until it has been rung more often. Whether it was.
    pub(crate) fn listen(&self, rung: usize, times: u32) -> bool {
        for _ in 0..LOOKS * times {
            if self.rung() != rung {
                return true;
            }
            spin_loop();
        }
        self.rung() != rung
    }

    /// Sleeps until it has been rung more often. For one thread alone.
    pub(crate) fn sleep(&self, rung: usize) {
        let mut asleep = lock(&self.asleep);
        while self.rung() == rung {
            *asleep = true;
            asleep = self.woken.wait(asleep).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        *asleep = false;
    }
}
