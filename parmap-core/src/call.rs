//! One call: its caller, and whoever helps, work through its items.
//!
//! Plan, probe, recruit, share, close, settle: ARCHITECTURE.md tells the way. This file holds the loop that caller and
//! helpers run, and `alone.rs` the one that a caller begins with; what they decide by is in `schedule.rs` and `pace.rs`, what
//! they are safe by in `gate.rs` and `slots.rs`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    alone::{self, Begun},
    cancel::{Cancelled, Stop},
    failure::{Cause, Failure, Panicked, Payload, Stopped, cause, drop_quietly},
    gate::{self, Door, Gate},
    pace::{Pace, nanoseconds},
    returns::{Returnable, Returns},
    schedule::Plan,
    scoped_pool::{self, ScopedPool},
    settings,
    shuffle::{self, Deck},
    site::Options,
    sync::whole::{AtomicBool, AtomicU32, AtomicUsize, Instant, Ordering},
    work::{Feed, Role, Run, Work},
};

/// Does everything that `feed` hands out, on the caller and on helpers if they are worth it. On return nobody is at work.
/// `pace` is what the caller knows already (the site's memory, or what it saw of items that it did before), `state` what it
/// begins with.
pub(crate) fn run<F: Feed, W: Work<F::Item, Cell = F::Cell>>(
    feed: &F,
    options: &Options,
    pace: Pace,
    work: &W,
    state: W::State,
) -> Result<(), Stopped<W::Error>> {
    let (_, most) = feed.remaining();
    let orders = &options.orders;
    let threads = scoped_pool::threads(orders.processes);
    let plan =
        Plan::new(most.unwrap_or(usize::MAX), orders.chunksize, threads, options.site.memory()).in_grains(W::GRAIN);
    let plan = plan.in_long_runs(!W::ORDERED && !F::PULLED && orders.are_plain());
    if plan.is_alone() && orders.are_plain() {
        return alone::run(feed, work, state);
    }
    let (most, mut help_ns) = (most.unwrap_or(usize::MAX), None);
    let price = || *help_ns.insert(scoped_pool::help_ns_here());
    if F::TAKES_BACK && orders.are_plain() && pace.items() == 0 && !plan.asks_first(most, price) {
        match alone::begin(feed, work, &plan, (pace, state), help_ns) {
            Begun::Done(result, pace) => {
                options.site.learn(&pace);
                return result;
            }
            Begun::Rest(pace, state, run) => return share(feed, options, plan, work, (pace, state, Some(run))),
        }
    }
    share(feed, options, plan, work, (pace, state, None))
}

/// A call that may get helpers. Its caller may have begun with a run of everything.
///
/// Apart from [`run`], so that what small calls come to is little code and lies together: at a tick that finds the caches
/// cold, that is most of what parmap costs.
#[inline(never)]
fn share<'f, F: Feed, W: Work<F::Item, Cell = F::Cell>>(
    feed: &'f F,
    options: &'f Options,
    plan: Plan,
    work: &'f W,
    begun: (Pace, W::State, Option<F::Run<'f>>),
) -> Result<(), Stopped<W::Error>> {
    let orders = &options.orders;
    let call = Call {
        feed,
        work,
        plan,
        options,
        failure: Failure::none(),
        stopped: AtomicBool::new(false),
        deck: orders.shuffle().map(Deck::new),
        returns: Returns::new(),
        pool: ScopedPool::new(plan.workers, orders.processes != 0),
        item_ns: AtomicU32::new(0),
        helped_items: AtomicUsize::new(0),
        helped_ns: AtomicU32::new(0),
        helped_dearest_ns: AtomicU32::new(0),
    };
    let mut pace = gate::scope(&|gate| call.help(gate), |door| call.lead(begun, door));
    let helped_ns = [call.helped_ns, call.helped_dearest_ns].map(|ns| f32::from_bits(ns.into_inner()));
    pace.add(call.helped_items.into_inner(), helped_ns[0], helped_ns[1]);
    options.site.learn(&pace);
    // Both are empty, unless destructors of items not started panicked.
    drop_quietly(call.returns);
    if let Some(deck) = call.deck {
        drop_quietly(deck);
    }
    let stop = orders.stop().is_some_and(Stop::is_now);
    match call.failure.into_first() {
        // An item made a call that was cancelled with this one.
        Some(Stopped::Panicked(Panicked { payload, .. })) if stop && payload.is::<Cancelled>() => {
            Err(Stopped::Cancelled)
        }
        Some(stopped) => Err(stopped),
        None if call.stopped.into_inner() => Err(Stopped::Cancelled),
        None => Ok(()),
    }
}

/// What the workers of one call share.
///
/// # Memory ordering
///
/// The atomics here are guesses and sums of measurements, all `Relaxed`; the sums are read after the gate is closed.
struct Call<'c, F: Feed, W: Work<F::Item>> {
    feed: &'c F,
    work: &'c W,
    plan: Plan,
    options: &'c Options,
    failure: Failure<W::Error>,
    /// Whether items were left undone because the call was told to stop.
    stopped: AtomicBool,
    /// What runs are drawn from if not in their order.
    deck: Option<Deck<F::Run<'c>>>,
    returns: Returns<F::Run<'c>>,
    pool: ScopedPool,
    /// Nanoseconds an item, as the worker that measured last saw it: the bits of an `f32`, 0.0 before the first.
    item_ns: AtomicU32,
    helped_items: AtomicUsize,
    helped_ns: AtomicU32,
    helped_dearest_ns: AtomicU32,
}

impl<'c, F: Feed, W: Work<F::Item, Cell = F::Cell>> Call<'c, F, W> {
    /// The caller's part: alone at first, and then one of the workers. It may have begun with a run of everything.
    fn lead(&self, (pace, state, begun): (Pace, W::State, Option<F::Run<'c>>), door: &Door<'_>) -> Pace {
        let mut worker = Worker::caller(self, door, pace, state);
        if self.plan.is_alone() {
            // Only the order of the items or a stop makes this more than the plain loop.
        } else if begun.is_some() {
            // Asked about when the run is gone on with.
        } else if worker.pace.items() > 0 {
            worker.consider_asking(None);
        } else if let (_, Some(most)) = self.feed.remaining() {
            let help_ns = &mut worker.help_ns;
            if self.plan.asks_first(most, || *help_ns.insert(self.pool.help_ns())) {
                worker.ask();
            }
        }
        worker.work(begun);
        if worker.shared {
            self.pool.withdraw(door.gate());
        } else if worker.help_ns.is_some() {
            // Help would have been worth asking for, were it cheaper.
            scoped_pool::not_asked_here();
        }
        worker.leave()
    }

    /// A helper's part, behind the gate.
    fn help(&self, gate: &Arc<Gate>) {
        self.pool.came();
        self.help_once(gate);
        // It may have gone because the source was busy, while who was busy with it saw that a helper was there.
        if self.has_unclaimed() && !self.is_lost() && self.pool.stays() {
            self.help_once(gate);
        }
    }

    fn help_once(&self, gate: &Arc<Gate>) {
        let mut worker = Worker::helper(self, gate);
        settings::under(self.options.orders.settings(), || worker.work(None));
        let pace = worker.leave();
        self.helped_items.fetch_add(pace.items(), Ordering::Relaxed);
        let add = |sum| Some((f32::from_bits(sum) + pace.ns()).to_bits());
        let _ = self.helped_ns.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        // Of floats that are not negative the bits are in the order of the numbers.
        self.helped_dearest_ns.fetch_max(pace.dearest_ns().to_bits(), Ordering::Relaxed);
        self.pool.left();
    }

    /// Asks for one more helper of a call that has some, if what is unclaimed and the `rest` of a run are worth it.
    fn ask_another(&self, entrance: Entrance<'_>, rest: usize, item_ns: Option<f32>) -> bool {
        if !self.pool.may_ask() || self.is_lost() {
            return false;
        }
        // A run of the deck is one item at least.
        let in_deck = self.deck.as_ref().map_or(0, Deck::runs);
        let rest = rest.saturating_add(self.feed.remaining().0).saturating_add(in_deck);
        self.plan.is_worth_another(rest, item_ns, self.pool.asked(), self.pool.help_ns())
            && self.pool.ask(entrance.gate(), entrance.role())
    }

    /// Claims the next run, of as many items as `size` says of those that remain.
    #[inline]
    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<F::Run<'c>> {
        let Some(deck) = &self.deck else { return self.feed.claim(role, size) };
        // Past a failure, what is not in the deck lies above it.
        let claim = || {
            // Asked here as well, as the answer may have changed since: then nobody else will say that items are left.
            if self.failure.any() || self.is_over() { None } else { self.feed.claim(role, |left| self.piece(left)) }
        };
        deck.draw(role, claim)
    }

    /// How many of the `remaining` items are one run of the deck.
    fn piece(&self, remaining: usize) -> usize {
        let piece = remaining / shuffle::RUNS;
        // Of an order that has to be restored not too many at a time, and of items that are made early as few as can be.
        let most = if F::PULLED { 1 } else { shuffle::RUNS };
        self.plan.whole_chunks(if W::ORDERED || F::PULLED { piece.min(most) } else { piece }, None)
    }

    /// Whether nothing is to be claimed any more.
    #[inline]
    fn is_over(&self) -> bool {
        if self.must_stop() {
            if self.has_unclaimed() {
                self.leave_undone();
            }
            return true;
        }
        // Runs are claimed in order: past a failure, all that is unclaimed lies above it. Not so those of a deck, of which
        // each is looked at.
        self.failure.any() && self.deck.is_none()
    }

    /// Whether there may be something that nobody has claimed, or that lies in the deck.
    fn has_unclaimed(&self) -> bool {
        self.feed.may_have_more() || self.deck.as_ref().is_some_and(|deck| deck.runs() > 0)
    }

    /// Whether more helpers could not help: the call has failed, or was told to stop.
    fn is_lost(&self) -> bool {
        self.failure.any() || self.must_stop()
    }

    /// Whether the call was told to stop.
    #[inline]
    fn must_stop(&self) -> bool {
        self.options.orders.stop().is_some_and(Stop::is_now)
    }

    /// Notes that items are left undone because the call was told to stop.
    fn leave_undone(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.work.wake();
    }

    /// If so many results wait to be taken in order that nobody should run further ahead: how many should be taken before
    /// anybody does, counted from the first item.
    fn is_full(&self, item_ns: Option<f32>) -> Option<usize> {
        if !W::ORDERED || self.failure.any() || self.deck.as_ref().is_some_and(|deck| deck.runs() > 0) {
            return None;
        }
        let (handed_out, window) = (self.feed.handed_out(), self.plan.window(item_ns));
        let is_full = handed_out >= self.work.settled().saturating_add(window);
        // Half a window, so that the caller is not woken for each block.
        is_full.then(|| handed_out - window / 2)
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
struct Worker<'w, 'c, F: Feed, W: Work<F::Item>> {
    call: &'w Call<'c, F, W>,
    entrance: Entrance<'w>,
    state: W::State,
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
pub(crate) enum Entrance<'w> {
    /// The caller's: there is no gate before it is needed.
    Door(&'w Door<'w>),
    /// A helper's: the gate that it came through.
    Gate(&'w Arc<Gate>),
}

impl<'w> Entrance<'w> {
    pub(crate) fn gate(self) -> &'w Arc<Gate> {
        match self {
            Entrance::Door(door) => door.gate(),
            Entrance::Gate(gate) => gate,
        }
    }

    pub(crate) fn role(self) -> Role {
        match self {
            Entrance::Door(_) => Role::Caller,
            Entrance::Gate(_) => Role::Helper,
        }
    }
}

impl<'w, 'c, F: Feed, W: Work<F::Item, Cell = F::Cell>> Worker<'w, 'c, F, W> {
    /// The caller, alone so far.
    fn caller(call: &'w Call<'c, F, W>, door: &'w Door<'w>, pace: Pace, state: W::State) -> Self {
        let (entrance, last) = (Entrance::Door(door), call.pool.began());
        Worker { call, entrance, state, pace, last, unclocked: 0, shared: false, help_ns: None }
    }

    /// A helper, which starts from what the others know of the items.
    fn helper(call: &'w Call<'c, F, W>, gate: &'w Arc<Gate>) -> Self {
        let (entrance, pace, state) = (Entrance::Gate(gate), Pace::guess(call.lately()), call.work.begin());
        Worker { call, entrance, state, pace, last: Instant::now(), unclocked: 0, shared: true, help_ns: None }
    }

    /// Goes on with what was begun, and works until there is nothing left to claim, and nothing that might be given back.
    fn work(&mut self, begun: Option<F::Run<'c>>) {
        let worked = catch_unwind(AssertUnwindSafe(|| {
            if let Some(mut run) = begun {
                let returnable = self.consider_asking(Some(&mut run));
                self.work_through(run, returnable);
            }
            while let Some((run, returnable)) = self.next_run() {
                self.work_through(run, returnable);
            }
        }));
        if let Err(payload) = worked {
            // Bodies are caught one by one; this came from dropping items that were not started, or from their source.
            self.fail(Failure::NO_ITEM, payload);
        }
    }

    /// Leaves the call, and says what it saw of the items.
    fn leave(self) -> Pace {
        self.call.work.leave(self.state);
        self.pace
    }

    fn fail(&self, index: usize, payload: Payload) {
        self.call.failure.record_panic(index, payload);
        self.call.work.wake();
    }

    /// The next run that still needs doing.
    #[inline]
    fn next_run(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        loop {
            let claimed = if self.shared { self.claim_shared() } else { self.claim_alone() }?;
            if !self.call.failure.before(claimed.0.index()) {
                return Some(claimed);
            }
            // One destructor that panics must not keep this worker from what is still to be done.
            drop_quietly(claimed);
        }
    }

    /// What a caller alone claims: all that is known to be there. What others could do is put back before they are asked.
    #[inline]
    fn claim_alone(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        let call = self.call;
        // What cannot be put back would be given back as one run, which may be further ahead than is good.
        let in_pieces = F::PULLED || W::ORDERED && !F::TAKES_BACK;
        let pace = &self.pace;
        let size = |remaining| if in_pieces { call.plan.whole_chunks(pace.probe(), pace.item_ns()) } else { remaining };
        let claim = || if call.is_over() { None } else { call.claim(Role::Caller, size) };
        // There may be a run given back to helpers that then could not be asked for.
        call.returns.take_whole().or_else(claim).map(|run| (run, None))
    }

    /// What one of several workers claims: a run that was given back, or the next.
    #[inline]
    fn claim_shared(&mut self) -> Option<Claimed<'w, F::Run<'c>>> {
        let (call, plan, item_ns, role) = (self.call, &self.call.plan, self.pace.item_ns(), self.entrance.role());
        let gate = self.entrance.gate();
        let bell = gate.bell();
        let cut = |run: &mut F::Run<'c>| {
            let size = plan.run(run.len(), item_ns);
            (size < run.len()).then(|| run.split_off(size))
        };
        loop {
            let mut full = None;
            let taken = call.returns.take(bell, cut).or_else(|| {
                full = call.is_full(item_ns);
                if call.is_over() || full.is_some() {
                    return None;
                }
                // Said before the run is claimed, so that nobody out of work misses it in between.
                let returnable = call.returns.returnable(bell);
                let run = call.claim(role, |remaining| plan.run(remaining, item_ns))?;
                Some((run, returnable))
            });
            if let Some((run, returnable)) = taken {
                return Some((run, Some(returnable)));
            }
            let waited = match (role, full) {
                (Role::Caller, Some(until)) if !call.must_stop() => {
                    // Those who are at work on what comes next are its helpers, and inside. They may give something back.
                    let _waiting = call.returns.waiting();
                    let stopped = || call.failure.any() || call.stopped.load(Ordering::Relaxed);
                    call.work.wait(until, || call.returns.is_offered() || stopped());
                    self.last = Instant::now();
                    continue;
                }
                (Role::Caller, _) => call.returns.wait(bell, cut, || gate.help_inside()),
                (Role::Helper, _) => call.returns.linger(bell, cut),
            };
            self.last = Instant::now();
            return waited.map(|(run, returnable)| (run, Some(returnable)));
        }
    }

    /// Does a run, or as much of it as this worker keeps.
    #[inline]
    fn work_through(&mut self, mut run: F::Run<'c>, mut returnable: Option<Returnable<'w, F::Run<'c>>>) {
        let call = self.call;
        if self.shared {
            // A helper may have come and gone while this worker claimed the run, which may be one item of a minute.
            call.ask_another(self.entrance, run.len(), self.pace.item_ns());
        }
        while run.len() > 0 {
            if call.must_stop() {
                call.work.finish_run(&mut self.state, &call.failure);
                return call.leave_undone();
            }
            if run.len() <= call.plan.chunk {
                returnable = None;
            }
            let short = self.shared || call.options.orders.stop().is_some();
            let done = self.pace.items() + self.unclocked;
            let block =
                if short { call.plan.look(self.pace.item_ns(), done) } else { self.pace.probe() }.min(run.len());
            let done =
                catch_unwind(AssertUnwindSafe(|| call.work.map(&mut self.state, &mut run, block, &call.failure)));
            if let Some(cause) = cause(done) {
                call.work.finish_run(&mut self.state, &call.failure);
                if let Cause::Panic(_) = cause {
                    // What lies below is still to be done, and must not fail by what this left behind.
                    call.work.spoil(&mut self.state);
                }
                call.failure.record(run.index(), cause);
                return call.work.wake();
            }
            self.unclocked += block;
            if call.failure.before(run.index()) {
                return call.work.finish_run(&mut self.state, &call.failure);
            }
            if !self.shared {
                self.read_clock();
                returnable = self.consider_asking(Some(&mut run));
            } else if returnable.is_some() && (call.returns.wanted() || call.pool.may_ask()) {
                self.share_rest(&mut run);
            }
        }
        call.work.finish_run(&mut self.state, &call.failure);
        if self.shared {
            self.read_clock();
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
        let returnable = call.returns.returnable(self.entrance.gate().bell());
        if let Some(run) = run {
            let keep = call.plan.rest_of_chunk(run.index(), self.pace.item_ns());
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
        self.shared = self.call.pool.ask(self.entrance.gate(), Role::Caller);
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
        let keep = call.plan.rest_of_chunk(run.index(), Some(item_ns));
        let rest = run.len().saturating_sub(keep);
        if !call.plan.is_worth_returning(rest, item_ns) {
            return;
        }
        // A helper that is asked for now may come when this run is all there is left.
        let asked = call.ask_another(self.entrance, rest, Some(item_ns));
        if call.returns.wanted() || asked {
            call.returns.give(run.split_off(keep));
            self.entrance.gate().bell().ring();
            if W::ORDERED {
                call.work.wake();
            }
        }
    }
}
