//! The atomics and locks of the engine: the standard library's, but for the model checks.
//!
//! Under `--cfg loom` those that are named here are loom's, for the files that `models.rs` checks in every interleaving.
//! Under `--cfg shuttle` these and those of [`whole`] are shuttle's, for whole calls in random ones (`whole_calls.rs`).

#[cfg(all(test, loom))]
pub(crate) use loom::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread_local,
};
#[cfg(all(test, shuttle))]
pub(crate) use shuttle::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread_local,
};
#[cfg(not(all(test, any(loom, shuttle))))]
pub(crate) use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread_local,
};

/// What files use that are part of no model but that of a whole call.
pub(crate) mod whole {
    #[cfg(all(test, shuttle))]
    pub(crate) use shuttle::{
        hint::spin_loop,
        sync::{
            Mutex, MutexGuard,
            atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
        },
        thread_local,
    };
    #[cfg(not(all(test, shuttle)))]
    pub(crate) use std::{
        hint::spin_loop,
        sync::{
            Mutex, MutexGuard,
            atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
        },
        thread_local,
        time::Instant,
    };

    #[cfg(all(test, shuttle))]
    pub(crate) use crate::whole_calls::Instant;
}

/// How often a thread looks before it sleeps: for a few microseconds, about what a sleep and a wake cost.
pub(crate) const LOOKS: u32 = if cfg!(all(test, loom)) {
    0
} else if cfg!(all(test, shuttle)) {
    2
} else {
    1 << 8
};

/// Locks, whether or not a thread panicked while it held the lock: no lock of this crate guards a state that a panic
/// could leave half-changed, since no code of the user runs under one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
