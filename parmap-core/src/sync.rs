//! The atomics and locks of the model-checked files: loom's under `--cfg loom`, the standard library's otherwise.

#[cfg(all(test, loom))]
pub(crate) use loom::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread_local,
};
#[cfg(not(all(test, loom)))]
pub(crate) use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread_local,
};

/// How often a thread looks before it sleeps: for a few microseconds, about what a sleep and a wake cost.
pub(crate) const LOOKS: u32 = if cfg!(all(test, loom)) { 0 } else { 1 << 8 };

/// Locks, whether or not a thread panicked while it held the lock: no lock of this crate guards a state that a panic
/// could leave half-changed, since no code of the user runs under one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
