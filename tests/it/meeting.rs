//! Proof that several workers are at work at the same time.

use std::{
    sync::{Condvar, Mutex},
    time::Duration,
};

/// Where items wait for one another. In a process of its own, as other tests' calls would take the threads it waits for.
pub(crate) struct Meeting {
    wanted: usize,
    there: Mutex<usize>,
    changed: Condvar,
}

impl Meeting {
    pub(crate) fn of(wanted: usize) -> Self {
        Meeting { wanted, there: Mutex::new(0), changed: Condvar::new() }
    }

    /// True once all that are wanted are there at the same time; false if they did not come in a long while.
    pub(crate) fn meet(&self) -> bool {
        let mut there = self.there.lock().unwrap();
        *there += 1;
        self.changed.notify_all();
        let wait = self.changed.wait_timeout_while(there, Duration::from_secs(60), |there| *there < self.wanted);
        !wait.unwrap().1.timed_out()
    }
}
