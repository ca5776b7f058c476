//! The pools that helpers come from, all of them rayon's: the one a thread works for, the global one, and kept ones.

use std::{
    collections::BTreeMap,
    panic::catch_unwind,
    sync::{Arc, Mutex, OnceLock},
    time::{Duration, Instant},
};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::requests::Requests;

/// A pool if parmap made it; else the pool of the thread that asks.
pub(crate) type Pool = Option<ThreadPool>;

/// The pools that parmap made, by size, and when one could not be made.
struct Kept {
    pools: BTreeMap<usize, Arc<Requests>>,
    failed: Option<Instant>,
}

impl Kept {
    /// The most threads of a pool. Who asks for more means all there can be.
    const LARGEST: usize = 1 << 10;
    /// How long to do without after threads could not be started.
    const RETRY: Duration = Duration::from_secs(1);
}

/// The requests to the global pool; `None` inside if it could not be started.
static GLOBAL: OnceLock<Option<Arc<Requests>>> = OnceLock::new();

/// Threads of the pool this thread works for, if it does.
pub(crate) fn threads_here() -> Option<usize> {
    rayon::current_thread_index().map(|_| rayon::current_num_threads())
}

/// Whether this thread can use rayon without waiting for another.
pub(crate) fn may_help() -> bool {
    rayon::current_thread_index().is_some()
}

/// The requests to the global pool, which is started if need be and if that can be done.
pub(crate) fn global() -> Option<Arc<Requests>> {
    GLOBAL
        .get_or_init(|| {
            // Asking for a global pool that could not be started panics, so it is started here, where it can fail.
            let started = ThreadPoolBuilder::new().build_global();
            if started.is_err_and(|error| std::error::Error::source(&error).is_some()) {
                return None;
            }
            // If somebody else has tried before and failed, this panics.
            let threads = catch_unwind(rayon::current_num_threads).ok()?;
            Some(Requests::new(None, threads))
        })
        .clone()
}

/// What is known of the global pool, if it was started.
pub(crate) fn look_at_global<R>(look: impl FnOnce(&Requests) -> R) -> Option<R> {
    Some(look(GLOBAL.get()?.as_ref()?))
}

/// A pool for calls that ask for more threads than their pool has: made once a size and kept. Sizes are powers of two, so
/// that calls of all sizes together keep fewer than four times the threads of the largest.
pub(crate) fn kept(helpers: usize) -> Option<Arc<Requests>> {
    static KEPT: Mutex<Kept> = Mutex::new(Kept { pools: BTreeMap::new(), failed: None });
    let mut kept = KEPT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let size = helpers.min(Kept::LARGEST).next_power_of_two();
    if let Some(requests) = kept.pools.get(&size) {
        return Some(requests.clone());
    }
    if kept.failed.is_some_and(|when| when.elapsed() < Kept::RETRY) {
        return None;
    }
    let name = move |number| format!("parmap-{size}-{number}");
    match ThreadPoolBuilder::new().num_threads(size).thread_name(name).build() {
        Ok(pool) => {
            let requests = Requests::new(Some(pool), size);
            kept.pools.insert(size, requests.clone());
            Some(requests)
        }
        Err(_) => {
            kept.failed = Some(Instant::now());
            None
        }
    }
}

/// Sends a job to the pool.
pub(crate) fn spawn(pool: &Pool, job: impl FnOnce() + Send + 'static) {
    match pool {
        Some(pool) => pool.spawn(job),
        None => rayon::spawn(job),
    }
}
