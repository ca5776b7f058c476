//! Requests for help: which calls of a pool want a helper, and the jobs on rayon's pool that bring one.
//!
//! A job is not bound to a call. It says that a thread is free, and helps the call that has waited longest; so a job
//! that comes late serves a later call, and there are never more jobs under way than the pool has threads, however many
//! calls a blocked pool fails to answer. It must never run anything but calls that asked here.

use std::{cell::RefCell, collections::VecDeque, sync::Arc};

use crate::{
    gate::Gate,
    nested::{Comes, Request},
    pools::{self, Pool},
    schedule::{HELP_NS, help_measured, help_not_asked},
    sync::whole::{AtomicU32, AtomicUsize, Mutex, MutexGuard, Ordering, thread_local},
    work::Role,
};

/// The requests to one pool. A worker thread that calls from a pool parmap did not make has its own.
///
/// # Memory ordering
///
/// `unanswered` and `help_ns` are `Relaxed`: a bound and a guess. The gates are handed over under the lock.
pub(crate) struct Requests {
    /// The pool if parmap made it; else the pool of the thread that asks.
    pool: Pool,
    /// Threads of the pool, and the most jobs that may wait for one of them.
    threads: usize,
    /// The calls that want a helper, once for each that they want, in the order of asking; some may have been granted by a
    /// caller that waits for them.
    wanted: Mutex<VecDeque<Arc<Request>>>,
    /// Jobs that no thread has taken up yet.
    unanswered: AtomicUsize,
    /// What a helper costs here, in nanoseconds, as the bits of an `f32`.
    help_ns: AtomicU32,
}

thread_local! {
    /// The requests that calls on this thread make, if it is a worker of a pool.
    static OF_WORKER: RefCell<Option<Arc<Requests>>> = const { RefCell::new(None) };
}

impl Requests {
    /// The requests to a pool of so many threads.
    pub(crate) fn new(pool: Pool, threads: usize) -> Arc<Self> {
        Arc::new(Requests {
            pool,
            threads,
            wanted: Mutex::new(VecDeque::new()),
            unanswered: AtomicUsize::new(0),
            help_ns: AtomicU32::new(HELP_NS.to_bits()),
        })
    }

    /// The requests to a pool for a caller that wants `helpers` helpers, and how many of them it can give: the pool the
    /// caller is in, else the global one; a kept one if `more` threads than those have may be used. `None` if no thread
    /// can be had.
    pub(crate) fn for_caller(helpers: usize, more: bool) -> Option<(Arc<Self>, usize)> {
        let here = match pools::threads_here() {
            // The caller is one of the threads.
            Some(threads) => Some((Self::of_worker(threads), threads - 1)),
            None => pools::global().map(|global| (global.clone(), global.threads)),
        };
        let kept = match here {
            Some((_, available)) if helpers <= available || !more => None,
            _ => pools::kept(helpers).map(|kept| (kept.clone(), kept.threads)),
        };
        kept.or(here).map(|(requests, available)| (requests, available.min(helpers)))
    }

    /// What is known of the pool this thread calls from, without starting it.
    fn known_here<R>(look: impl FnOnce(&Self) -> R) -> Option<R> {
        let own = OF_WORKER.try_with(|own| own.borrow().clone()).ok().flatten();
        match own {
            Some(own) => Some(look(&own)),
            None if pools::threads_here().is_none() => pools::look_at_global(look),
            None => None,
        }
    }

    /// What a helper costs a caller on this thread, in nanoseconds, as far as is known.
    pub(crate) fn help_ns_here() -> f32 {
        Self::known_here(Self::help_ns).unwrap_or(HELP_NS)
    }

    /// Notes that a helper was too dear for a caller on this thread.
    pub(crate) fn not_asked_here() {
        Self::known_here(|requests| requests.set_help_ns(help_not_asked(requests.help_ns())));
    }

    fn of_worker(threads: usize) -> Arc<Self> {
        let new = || Self::new(Pool::default(), threads);
        // A thread that is ending has no such place any more.
        OF_WORKER.try_with(|own| own.borrow_mut().get_or_insert_with(new).clone()).unwrap_or_else(|_| new())
    }

    /// Asks for one helper at the gate. False if a helper asks and that could not be done at once; the call may ask again.
    pub(crate) fn ask(self: &Arc<Self>, gate: &Arc<Gate>, role: Role) -> bool {
        // The lock is held for tens of nanoseconds, unless the system stopped who holds it. A caller waits even then, as
        // it may be about to begin a long item.
        let Some(mut wanted) = role.lock(&self.wanted) else { return false };
        let request = Request::new(gate);
        // Those that were granted elsewhere must not pile up here.
        while wanted.front().is_some_and(|request| request.is_granted()) {
            wanted.pop_front();
        }
        wanted.push_back(request.clone());
        drop(wanted);
        gate.nested().show(&request);
        self.send_job();
        // A woken thread may find itself on the core that this one goes on working on, and wait there for milliseconds
        // (seen where the system takes the cores' caches for separate). Of two threads one comes soon: a call from outside
        // the pool leaves it one thread more than the call can use.
        if pools::threads_here().is_none() {
            self.send_job();
        }
        true
    }

    /// Takes back what a call has asked for and nobody has answered.
    pub(crate) fn withdraw(&self, gate: &Arc<Gate>) {
        self.wanted().retain(|request| !request.is_of(gate));
    }

    /// Sends a job to the pool, unless as many wait there already as it has threads.
    fn send_job(self: &Arc<Self>) {
        let counted = self.unanswered.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |unanswered| {
            (unanswered < self.threads).then_some(unanswered + 1)
        });
        if counted.is_err() {
            return;
        }
        let requests = self.clone();
        pools::spawn(&self.pool, move || requests.answer());
    }

    /// The job: helps the call that has waited longest.
    fn answer(self: Arc<Self>) {
        let _ = OF_WORKER.try_with(|own| _ = own.borrow_mut().get_or_insert_with(|| self.clone()));
        self.unanswered.fetch_sub(1, Ordering::Relaxed);
        let (request, others) = {
            let mut wanted = self.wanted();
            let request = loop {
                let request = wanted.pop_front();
                if request.as_ref().is_none_or(|request| !request.is_granted()) {
                    break request;
                }
            };
            (request, wanted.len())
        };
        // Requests beyond the bound on jobs have no job of their own yet.
        if others > self.unanswered.load(Ordering::Relaxed) {
            self.send_job();
        }
        // One that was granted elsewhere leaves this thread to the others, for which there are jobs.
        let _ = request.map(|request| request.grant(Comes::Woken));
    }

    fn wanted(&self) -> MutexGuard<'_, VecDeque<Arc<Request>>> {
        self.wanted.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// What a helper costs here, in nanoseconds.
    pub(crate) fn help_ns(&self) -> f32 {
        f32::from_bits(self.help_ns.load(Ordering::Relaxed))
    }

    /// Notes how long a helper took to come, or for how long none came.
    pub(crate) fn measured(&self, ns: f32) {
        self.set_help_ns(help_measured(self.help_ns(), ns));
    }

    fn set_help_ns(&self, ns: f32) {
        self.help_ns.store(ns.to_bits(), Ordering::Relaxed);
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use std::sync::Barrier;

    use rayon::{ThreadPool, ThreadPoolBuilder};

    use super::*;
    use crate::gate;

    /// Keeps every thread of a pool busy while `body` runs.
    fn with_blocked(pool: &ThreadPool, body: impl FnOnce()) {
        let threads = pool.current_num_threads();
        let (blocked, done) = (Arc::new(Barrier::new(threads + 1)), Arc::new(Barrier::new(threads + 1)));
        for _ in 0..threads {
            let (blocked, done) = (blocked.clone(), done.clone());
            pool.spawn(move || {
                blocked.wait();
                done.wait();
            });
        }
        blocked.wait();
        body();
        done.wait();
    }

    #[test]
    fn a_blocked_pool_collects_no_more_jobs_than_it_has_threads() {
        let requests = Requests::new(Some(ThreadPoolBuilder::new().num_threads(2).build().unwrap()), 2);
        let helped = AtomicUsize::new(0);
        let work = |_: &Arc<Gate>| _ = helped.fetch_add(1, Ordering::Relaxed);
        with_blocked(requests.pool.as_ref().unwrap(), || {
            for _ in 0..1_000_000 {
                gate::scope(&work, |door| {
                    assert!(requests.ask(door.gate(), Role::Caller));
                    requests.withdraw(door.gate());
                });
            }
            assert_eq!(requests.unanswered.load(Ordering::Relaxed), 2);
            assert_eq!(requests.wanted().len(), 0);
            assert!(requests.wanted().capacity() < 100);
        });
        assert_eq!(helped.load(Ordering::Relaxed), 0);
        // The two jobs that waited serve a call that asks now, or it gets a job of its own.
        gate::scope(&work, |door| {
            assert!(requests.ask(door.gate(), Role::Caller));
            while helped.load(Ordering::Relaxed) == 0 {
                std::thread::yield_now();
            }
        });
    }

    #[test]
    fn every_request_beyond_the_bound_is_answered_in_the_end() {
        let requests = Requests::new(Some(ThreadPoolBuilder::new().num_threads(2).build().unwrap()), 2);
        let helped = AtomicUsize::new(0);
        let work = |_: &Arc<Gate>| _ = helped.fetch_add(1, Ordering::Relaxed);
        gate::scope(&work, |door| {
            with_blocked(requests.pool.as_ref().unwrap(), || {
                for _ in 0..20 {
                    assert!(requests.ask(door.gate(), Role::Caller));
                }
            });
            while helped.load(Ordering::Relaxed) < 20 {
                std::thread::yield_now();
            }
        });
    }
}
