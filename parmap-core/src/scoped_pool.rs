//! The scoped pool: the caller of one call and the helpers it has been given, for as long as the call lasts.
//!
//! It counts who was asked for and asks through `requests`. Without the feature `rayon` nobody ever comes.

use std::sync::{Arc, OnceLock};

use crate::{
    gate::Gate,
    sync::whole::{AtomicU64, AtomicUsize, Instant, Ordering},
    work::Role,
};
#[cfg(feature = "rayon")]
use crate::{
    nested::{self, Comes},
    requests::Requests,
};

/// A pool that has no thread to give.
#[cfg(not(feature = "rayon"))]
enum Requests {}

/// How many threads a call from this thread uses, unless it says how many: those of the pool it is in, else all cores.
pub(crate) fn default_threads() -> usize {
    #[cfg(feature = "rayon")]
    {
        static CORES: OnceLock<usize> = OnceLock::new();
        crate::pools::threads_here().unwrap_or_else(|| {
            *CORES.get_or_init(|| {
                let asked_for = std::env::var("RAYON_NUM_THREADS").ok().and_then(|threads| threads.parse().ok());
                let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
                asked_for.filter(|&threads| threads > 0).unwrap_or_else(cores)
            })
        })
    }
    #[cfg(not(feature = "rayon"))]
    1
}

/// How many threads a call may use that asks for `processes` of them.
#[inline]
pub(crate) fn threads(processes: usize) -> usize {
    match processes {
        0 => default_threads(),
        1 => 1,
        _ if cfg!(feature = "rayon") => processes,
        _ => 1,
    }
}

/// What a helper costs a caller on this thread, in nanoseconds, as far as is known without starting one. Endless if there is
/// none to be had.
pub(crate) fn help_ns_here() -> f32 {
    #[cfg(feature = "rayon")]
    {
        Requests::help_ns_here()
    }
    #[cfg(not(feature = "rayon"))]
    f32::INFINITY
}

/// Notes that help was thought too dear for a caller on this thread.
pub(crate) fn not_asked_here() {
    #[cfg(feature = "rayon")]
    Requests::not_asked_here();
}

/// One call's helpers.
///
/// # Memory ordering
///
/// `asked` is `Relaxed`: who wins an increment asks. `asked_at` and `came` are `Relaxed` notes for a measurement.
pub(crate) struct ScopedPool {
    /// The most helpers that this call may have.
    most: usize,
    /// Whether the call said how many threads, so that it gets a larger pool if need be.
    by_name: bool,
    asked: AtomicUsize,
    /// The pool that the helpers come from, and how many it can give; looked up when the question of help first arises.
    requests: OnceLock<Option<(Arc<Requests>, usize)>>,
    /// When a helper was last asked for, in nanoseconds since the call began.
    asked_at: AtomicU64,
    came: AtomicUsize,
    began: Instant,
}

impl ScopedPool {
    /// For a call that may use `workers` threads, its caller's included; `by_name` if it said so itself.
    pub(crate) fn new(workers: usize, by_name: bool) -> Self {
        ScopedPool {
            most: workers - 1,
            by_name,
            asked: AtomicUsize::new(0),
            requests: OnceLock::new(),
            asked_at: AtomicU64::new(0),
            came: AtomicUsize::new(0),
            began: Instant::now(),
        }
    }

    /// When the call began.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// How many helpers have been asked for.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether one more may be asked for: there may be more, and all that were asked for have come.
    pub(crate) fn may_ask(&self) -> bool {
        let asked = self.asked();
        asked < self.most && asked == self.came.load(Ordering::Relaxed)
    }

    /// Notes that a helper that has left is there again, without having been asked. False if there are enough others.
    pub(crate) fn stays(&self) -> bool {
        let count = |asked| (asked < self.most).then_some(asked + 1);
        let stays = self.asked.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok();
        if stays {
            self.came.fetch_add(1, Ordering::Relaxed);
        }
        stays
    }
}

#[cfg(feature = "rayon")]
impl ScopedPool {
    fn requests(&self) -> Option<&(Arc<Requests>, usize)> {
        self.requests.get_or_init(|| Requests::for_caller(self.most, self.by_name)).as_ref()
    }

    /// What a helper costs, in nanoseconds, as far as is known without starting a thread. Endless if none can be had.
    pub(crate) fn help_ns(&self) -> f32 {
        match self.requests.get() {
            Some(Some((requests, _))) => requests.help_ns(),
            Some(None) => f32::INFINITY,
            None => Requests::help_ns_here(),
        }
    }

    /// Asks for one more helper. False if there is none to ask, or if that would take a worker of this role too long.
    pub(crate) fn ask(&self, gate: &Arc<Gate>, role: Role) -> bool {
        // This may start the pool, which is no part of what a helper costs.
        let Some((requests, most)) = self.requests() else { return false };
        let count = |asked| (asked < *most).then_some(asked + 1);
        if self.asked.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_err() {
            return false;
        }
        self.asked_at.store(self.now(), Ordering::Relaxed);
        let asked = requests.ask(gate, role);
        if !asked {
            self.asked.fetch_sub(1, Ordering::Relaxed);
        }
        asked
    }

    /// Notes that a helper is there.
    pub(crate) fn came(&self) {
        self.came.fetch_add(1, Ordering::Relaxed);
        // A caller that waits is there at once, which says nothing of what it costs to wake a thread.
        if nested::comes() == Comes::Woken {
            if let Some((requests, _)) = self.requests() {
                requests.measured(self.since_asked());
            }
        }
    }

    /// Notes that a helper leaves, so that another may be asked for should there be work again.
    pub(crate) fn left(&self) {
        // In this order, as nobody may be asked for while the two differ.
        self.came.fetch_sub(1, Ordering::Relaxed);
        self.asked.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes back what nobody has answered.
    pub(crate) fn withdraw(&self, gate: &Arc<Gate>) {
        if let Some(Some((requests, _))) = self.requests.get() {
            requests.withdraw(gate);
            if self.asked() > self.came.load(Ordering::Relaxed) {
                // Nobody came in all this time, so a helper costs at least as much.
                requests.measured(self.since_asked().max(requests.help_ns()));
            }
        }
    }

    /// Nanoseconds since a helper was last asked for.
    fn since_asked(&self) -> f32 {
        self.now().saturating_sub(self.asked_at.load(Ordering::Relaxed)) as f32
    }

    /// Nanoseconds since the call began.
    fn now(&self) -> u64 {
        self.began.elapsed().as_nanos() as u64
    }
}

#[cfg(not(feature = "rayon"))]
impl ScopedPool {
    pub(crate) fn help_ns(&self) -> f32 {
        f32::INFINITY
    }

    pub(crate) fn ask(&self, _gate: &Arc<Gate>, _role: Role) -> bool {
        false
    }

    pub(crate) fn came(&self) {}

    pub(crate) fn left(&self) {}

    pub(crate) fn withdraw(&self, _gate: &Arc<Gate>) {}
}
