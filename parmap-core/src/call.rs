//! One call: its caller, and whoever helps, work through its items.
//!
//! Plan, probe, recruit, share, close, settle: ARCHITECTURE.md tells the way. This file holds the loop that caller and
//! helpers run; what it decides by is in `schedule.rs`, what it is safe by in `gate.rs` and `slots.rs`.

use std::{
    hint::spin_loop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Instant,
};

use crate::{
    failure::{Failed, Failure},
    gate::{self, Door, Gate},
    returns::{Returnable, Returns},
    schedule::{Pace, Plan, nanoseconds},
    scoped_pool::{self, ScopedPool},
    site::Options,
    slots::{SlotRun, Slots, Source},
    sync::LOOKS,
};

/// Items and where their results go, handed out to workers by runs.
pub(crate) trait Feed: Sync {
    /// What the body takes.
    type Item;
    /// What the body returns.
    type Result;
    /// Some items that one worker has to itself.
    type Run<'f>: Run<Item = Self::Item, Result = Self::Result> + Send
    where
        Self: 'f;

    /// Whether items are made as they are handed out, so that a caller alone should not be handed all of them at once.
    const PULLED: bool;

    /// How many more items are to be expected, and the most there can be, if that is known.
    fn remaining(&self) -> (usize, Option<usize>);

    /// Hands out the next run: as many items as `size` says of as many as it is told remain. `None` if there are none, or
    /// if a helper would have to wait for them.
    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<Self::Run<'_>>;
}

/// Who a worker is.
///
/// The caller may wait for its helpers, all of which began after it did. A helper waits for nobody: its thread belongs to
/// a pool, and whoever it would wait for may be waiting for a thread of that pool, or lie beneath it on its own stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The thread that made the call.
    Caller,
    /// A thread of a pool.
    Helper,
}

impl Role {
    /// Locks: a caller as soon as can be, a helper within some microseconds or not at all.
    pub(crate) fn lock<T>(self, mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
        match self {
            Role::Caller => Some(mutex.lock().unwrap_or_else(PoisonError::into_inner)),
            Role::Helper => (0..LOOKS).find_map(|_| {
                let guard = try_lock(mutex);
                if guard.is_none() {
                    spin_loop();
                }
                guard
            }),
        }
    }
}

/// Locks, if that can be done at once.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// An exclusive claim to some consecutive items.
pub(crate) trait Run: Sized {
    /// What the body takes.
    type Item;
    /// What the body returns.
    type Result;

    /// The index of the next item; after the body unwound, of the item it unwound for.
    fn index(&self) -> usize;

    /// How many items are left.
    fn len(&self) -> usize;

    /// Maps the next `count` items. Unwinds if the body does, and then only remains to be dropped.
    fn map(&mut self, count: usize, body: impl Fn(Self::Item) -> Self::Result);

    /// Keeps the next `count` items and puts the others back where they came from. False if that cannot be.
    fn put_back(&mut self, count: usize) -> bool;

    /// Keeps the next `count` items and returns the others.
    fn split_off(&mut self, count: usize) -> Self;
}

impl<S: Source, R: Send> Feed for Slots<S, R> {
    type Item = S::Item;
    type Result = R;
    type Run<'f>
        = SlotRun<'f, S, R>
    where
        Self: 'f;
    const PULLED: bool = false;

    #[inline]
    fn remaining(&self) -> (usize, Option<usize>) {
        let remaining = Slots::remaining(self);
        (remaining, Some(remaining))
    }

    #[inline]
    fn claim(&self, _role: Role, size: impl Fn(usize) -> usize) -> Option<Self::Run<'_>> {
        Slots::claim(self, size)
    }
}

impl<S: Source, R> Run for SlotRun<'_, S, R> {
    type Item = S::Item;
    type Result = R;

    #[inline]
    fn index(&self) -> usize {
        SlotRun::index(self)
    }

    #[inline]
    fn len(&self) -> usize {
        SlotRun::len(self)
    }

    #[inline]
    fn map(&mut self, count: usize, body: impl Fn(S::Item) -> R) {
        SlotRun::map(self, count, body);
    }

    fn put_back(&mut self, count: usize) -> bool {
        SlotRun::put_back(self, count)
    }

    fn split_off(&mut self, count: usize) -> Self {
        SlotRun::split_off(self, count)
    }
}

/// Maps everything that `feed` hands out, on the caller and on helpers if they are worth it. On return nobody is at work.
/// `pace` is what the caller knows already: the site's memory, or what it saw of items that it did before.
pub(crate) fn run<F: Feed>(
    feed: &F,
    options: &Options,
    pace: Pace,
    body: &(impl Fn(F::Item) -> F::Result + Sync),
) -> Result<(), Failed> {
    let (_, most) = feed.remaining();
    let threads = scoped_pool::threads(options.processes);
    let plan = Plan::new(most.unwrap_or(usize::MAX), options.chunksize, threads, options.site.item_ns());
    if plan.is_alone() {
        return run_alone(feed, body);
    }
    let call = Call {
        feed,
        body,
        plan,
        failure: Failure::none(),
        returns: Returns::new(),
        pool: ScopedPool::new(plan.workers, options.processes != 0),
        item_ns: AtomicU32::new(0),
        helped_items: AtomicUsize::new(0),
        helped_ns: AtomicU32::new(0),
    };
    let pace = gate::scope(&|gate| call.help(gate), |door| call.lead(pace, door));
    let items = pace.items() + call.helped_items.into_inner();
    let ns = pace.ns() + f32::from_bits(call.helped_ns.into_inner());
    options.site.learn(items, ns);
    call.failure.into_first().map_or(Ok(()), Err)
}

/// The plain loop.
fn run_alone<F: Feed>(feed: &F, body: &impl Fn(F::Item) -> F::Result) -> Result<(), Failed> {
    while let Some(mut run) = feed.claim(Role::Caller, |remaining| remaining) {
        let count = run.len();
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| run.map(count, body))) {
            return Err(Failed { index: run.index(), payload });
        }
    }
    Ok(())
}

/// What the workers of one call share.
///
/// # Memory ordering
///
/// The atomics here are guesses and sums of measurements, all `Relaxed`; the sums are read after the gate is closed.
struct Call<'c, F: Feed, B> {
    feed: &'c F,
    body: &'c B,
    plan: Plan,
    failure: Failure,
    returns: Returns<F::Run<'c>>,
    pool: ScopedPool,
    /// Nanoseconds an item, as the worker that measured last saw it: the bits of an `f32`, 0.0 before the first.
    item_ns: AtomicU32,
    helped_items: AtomicUsize,
    helped_ns: AtomicU32,
}

impl<'c, F: Feed, B: Fn(F::Item) -> F::Result + Sync> Call<'c, F, B> {
    /// The caller's part: alone at first, and then one of the workers.
    fn lead(&self, pace: Pace, door: &Door<'_>) -> Pace {
        let mut worker = Worker::caller(self, door, pace);
        if worker.pace.items() > 0 {
            worker.consider_asking(None);
        } else if let (_, Some(most)) = self.feed.remaining() {
            let help_ns = &mut worker.help_ns;
            if self.plan.asks_first(most, || *help_ns.insert(self.pool.help_ns())) {
                worker.ask();
            }
        }
        worker.work();
        if worker.shared {
            self.pool.withdraw(door.gate());
        } else if worker.help_ns.is_some() {
            // Help would have been worth asking for, were it cheaper.
            self.pool.not_asked();
        }
        worker.pace
    }

    /// A helper's part, behind the gate.
    fn help(&self, gate: &Arc<Gate>) {
        self.pool.came();
        self.ask_another(gate, 0, self.lately());
        let mut worker = Worker::helper(self, gate);
        worker.work();
        self.helped_items.fetch_add(worker.pace.items(), Ordering::Relaxed);
        let add = |sum| Some((f32::from_bits(sum) + worker.pace.ns()).to_bits());
        let _ = self.helped_ns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        self.pool.left();
    }

    /// Asks for one more helper of a call that has some, if what is unclaimed and the `rest` of a run are worth it.
    fn ask_another(&self, gate: &Arc<Gate>, rest: usize, item_ns: Option<f32>) -> bool {
        if !self.pool.may_ask() {
            return false;
        }
        let rest = rest.saturating_add(self.feed.remaining().0);
        self.plan.is_worth_another(rest, item_ns, self.pool.asked(), self.pool.help_ns()) && self.pool.ask(gate)
    }

    /// Nanoseconds an item, as last measured by whoever measured.
    fn lately(&self) -> Option<f32> {
        let item_ns = f32::from_bits(self.item_ns.load(Ordering::Relaxed));
        if item_ns > 0.0 { Some(item_ns) } else { self.plan.item_ns }
    }
}

/// A run, and this worker's word that it could give some of it back, if it could.
type Claimed<'w, R> = (R, Option<Returnable<'w, R>>);

/// One thread at work on a call.
struct Worker<'w, 'c, F: Feed, B> {
    call: &'w Call<'c, F, B>,
    entrance: Entrance<'w>,
    pace: Pace,
    /// When the clock was last read.
    last: Instant,
    /// Items done since then.
    unclocked: usize,
    /// Whether others may be at work on the call.
    shared: bool,
    /// For a caller: what a helper costs, once the question has come up.
    help_ns: Option<f32>,
}

/// Where a worker lets the next helper in.
#[derive(Clone, Copy)]
enum Entrance<'w> {
    /// The caller's: there is no gate before it is needed.
    Door(&'w Door<'w>),
    /// A helper's: the gate that it came through.
    Gate(&'w Arc<Gate>),
}

impl<'w> Entrance<'w> {
    fn gate(self) -> &'w Arc<Gate> {
        match self {
            Entrance::Door(door) => door.gate(),
            Entrance::Gate(gate) => gate,
        }
    }

    fn role(self) -> Role {
        match self {
            Entrance::Door(_) => Role::Caller,
            Entrance::Gate(_) => Role::Helper,
        }
    }
}

impl<'w, 'c, F: Feed, B: Fn(F::Item) -> F::Result + Sync> Worker<'w, 'c, F, B> {
    /// The caller, alone so far.
    fn caller(call: &'w Call<'c, F, B>, door: &'w Door<'w>, pace: Pace) -> Self {
        let entrance = Entrance::Door(door);
        Worker { call, entrance, pace, last: call.pool.began(), unclocked: 0, shared: false, help_ns: None }
    }

    /// A helper, which starts from what the others know of the items.
    fn helper(call: &'w Call<'c, F, B>, gate: &'w Arc<Gate>) -> Self {
        let (entrance, pace) = (Entrance::Gate(gate), Pace::guess(call.lately()));
        Worker { call, entrance, pace, last: Instant::now(), unclocked: 0, shared: true, help_ns: None }
    }

    /// Works until there is nothing left to claim, and nothing that might be given back.
    fn work(&mut self) {
        let worked = catch_unwind(AssertUnwindSafe(|| {
            while let Some((run, returnable)) = self.next_run() {
                self.work_through(run, returnable);
            }
        }));
        if let Err(payload) = worked {
            // Bodies are caught one by one; this came from dropping items that were not started, or from their source.
            self.call.failure.record(Failure::NO_ITEM, payload);
        }
    }

    /// The next run that still needs doing.
    #[inline]
    fn next_run(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        loop {
            let claimed = if self.shared { self.claim_shared() } else { self.claim_alone() }?;
            if !self.call.failure.before(claimed.0.index()) {
                return Some(claimed);
            }
        }
    }

    /// What a caller alone claims: all that is known to be there. What others could do is put back before they are asked.
    #[inline]
    fn claim_alone(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        let call = self.call;
        let size = |remaining| if F::PULLED { call.plan.whole_chunks(self.pace.probe()) } else { remaining };
        // Runs are claimed in order: past a failure, all that is unclaimed lies above it.
        let claim = || if call.failure.any() { None } else { call.feed.claim(Role::Caller, size) };
        // There may be a run given back to helpers that then could not be asked for.
        call.returns.take(|_| None).map(|(run, _)| (run, None)).or_else(|| Some((claim()?, None)))
    }

    /// What one of several workers claims: a run that was given back, or the next.
    #[inline]
    fn claim_shared(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        let (call, plan, item_ns) = (self.call, &self.call.plan, self.pace.item_ns());
        let cut = |run: &mut F::Run<'c>| {
            let size = plan.run(run.len(), item_ns);
            (size < run.len()).then(|| run.split_off(size))
        };
        let taken = call.returns.take(cut).or_else(|| {
            if call.failure.any() {
                return None;
            }
            // Said before the run is claimed, so that nobody out of work misses it in between.
            let returnable = call.returns.returnable();
            let run = call.feed.claim(self.entrance.role(), |remaining| plan.run(remaining, item_ns))?;
            Some((run, returnable))
        });
        let (run, returnable) = taken.or_else(|| {
            let taken = match self.entrance.role() {
                Role::Caller => call.returns.wait(cut),
                Role::Helper => call.returns.linger(cut),
            };
            self.last = Instant::now();
            taken
        })?;
        Some((run, Some(returnable)))
    }

    /// Does a run, or as much of it as this worker keeps.
    #[inline]
    fn work_through(&mut self, mut run: F::Run<'c>, mut returnable: Option<Returnable<'w, F::Run<'c>>>) {
        let call = self.call;
        while run.len() > 0 {
            if run.len() <= call.plan.chunk {
                returnable = None;
            }
            let block =
                if self.shared { call.plan.look(self.pace.item_ns()) } else { self.pace.probe() }.min(run.len());
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| run.map(block, call.body))) {
                call.failure.record(run.index(), payload);
                return;
            }
            self.unclocked += block;
            if call.failure.before(run.index()) {
                return;
            }
            if !self.shared {
                self.read_clock();
                returnable = self.consider_asking(Some(&mut run));
            } else if returnable.is_some() && (call.returns.wanted() || call.pool.may_ask()) {
                self.share_rest(&mut run);
            }
        }
        if self.shared {
            self.read_clock();
            call.ask_another(self.entrance.gate(), 0, self.pace.item_ns());
        }
    }

    /// Reads the clock, if anything was done since it was last read.
    #[inline]
    fn read_clock(&mut self) {
        if self.unclocked > 0 {
            let now = Instant::now();
            self.pace.record(self.unclocked, nanoseconds(now.duration_since(self.last)));
            (self.last, self.unclocked) = (now, 0);
            if self.shared {
                self.tell_pace();
            }
        }
    }

    /// Lets the others know what items cost.
    fn tell_pace(&self) {
        let item_ns = self.pace.item_ns().map_or(0, f32::to_bits);
        self.call.item_ns.store(item_ns, Ordering::Relaxed);
    }

    /// For a caller alone: asks for the first helper if what is left of its run, and behind it, is worth one.
    #[inline]
    fn consider_asking(&mut self, run: Option<&mut F::Run<'c>>) -> Option<Returnable<'w, F::Run<'c>>> {
        let call = self.call;
        let (behind, _) = call.feed.remaining();
        let rest = behind.saturating_add(run.as_ref().map_or(0, |run| run.len()));
        let help_ns = &mut self.help_ns;
        let price = || *help_ns.get_or_insert_with(|| call.pool.help_ns());
        if !call.plan.is_worth_asking(rest, &self.pace, price) {
            return None;
        }
        // Before the helper comes: it leaves if it finds nothing to do.
        let returnable = call.returns.returnable();
        if let Some(run) = run {
            let keep = call.plan.rest_of_chunk(run.index());
            if keep < run.len() && !run.put_back(keep) {
                call.returns.give(run.split_off(keep));
            }
        }
        self.ask();
        self.shared.then_some(returnable)
    }

    /// Asks for the first helper.
    #[cold]
    fn ask(&mut self) {
        // Before anyone can come who goes by it.
        self.tell_pace();
        self.shared = self.call.pool.ask(self.entrance.gate());
        if self.shared {
            // The first to ask starts the pool. That is no time of an item's.
            self.last = Instant::now();
        }
    }

    /// Somebody is out of work, or could be asked to come: gives back what lies beyond this worker's chunk, if it is
    /// worth that.
    fn share_rest(&mut self, run: &mut F::Run<'c>) {
        self.read_clock();
        let (call, Some(item_ns)) = (self.call, self.pace.item_ns()) else { return };
        let keep = call.plan.rest_of_chunk(run.index());
        let rest = run.len().saturating_sub(keep);
        if !call.plan.is_worth_returning(rest, item_ns) {
            return;
        }
        // A helper that is asked for now may come when this run is all there is left.
        let asked = call.ask_another(self.entrance.gate(), rest, Some(item_ns));
        if call.returns.wanted() || asked {
            call.returns.give(run.split_off(keep));
        }
    }
}
