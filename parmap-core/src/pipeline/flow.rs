//! One pipeline under way: its caller, and whoever helps, carry batches from the source to the end.
//!
//! No thread belongs to a stage. A worker carries a batch as far as it can go, parks it where it has to wait for its turn,
//! and looks for another, nearest to the end first; the caller can always finish alone. It never runs code of the user's but
//! through the layers, and never under a lock.

use std::{
    convert::Infallible,
    fmt,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError},
};

use super::{
    batch::{Batch, Failed, Passed},
    costs::{Bounds, Cost, Costs, IN_FLIGHT, Pilot},
    layers::Carry,
    stage::Apply,
    turns::{Intake, Pull, Way},
};
use crate::{
    bell::Bell,
    call::Entrance,
    cancel::{Cancelled, Stop},
    failure::{Cause, Failure, Panicked, Payload, Stopped, drop_quietly},
    gate::{self, Door, Gate},
    pace::{Pace, nanoseconds},
    schedule::is_worth,
    scoped_pool::{self, ScopedPool},
    settings,
    site::Options,
    sync::whole::{AtomicBool, AtomicU32, AtomicUsize, Instant, Mutex, Ordering},
    work::Role,
};

/// What the workers of one pipeline share.
///
/// # Memory ordering
///
/// The atomics here are hints and measurements, all `Relaxed`. What a worker must not miss it is told by the turns, the
/// intake and the bell: `over` is set before the bell is rung.
pub(crate) struct Flow<'o, X> {
    options: &'o Options,
    pub(crate) bounds: Bounds,
    intake: Intake,
    bell: Bell,
    pool: ScopedPool,
    /// Whether nobody is to carry anything on.
    over: AtomicBool,
    /// Whether that is because the pipeline was told to stop.
    stopped: AtomicBool,
    /// Whether a batch was dropped on its way.
    dropped: AtomicBool,
    /// Whether nobody is to pull batches, as the caller wants to go on alone.
    held: AtomicBool,
    /// Whether batches are only to show what the stages cost.
    trial: AtomicBool,
    /// Whether helpers may be asked for.
    sharing: AtomicBool,
    /// The lowest number of a batch in which something failed: those above it are dropped.
    failed: AtomicUsize,
    /// What the pipeline ends with.
    outcome: Mutex<Option<Failed<X>>>,
    /// What an item costs, and where it is narrowest: the bits of two `f32`.
    total_ns: AtomicU32,
    narrowest_ns: AtomicU32,
    /// How many more items the source says it has, at least and at most.
    least: AtomicUsize,
    most: AtomicUsize,
}

impl<'o, X: Send> Flow<'o, X> {
    pub(crate) fn new(options: &'o Options, in_flight: Option<usize>) -> Self {
        let orders = &options.orders;
        let in_flight = in_flight.or(orders.shuffle().map(|_| IN_FLIGHT));
        let bounds = Bounds::new(scoped_pool::threads(orders.processes), in_flight, orders.chunksize);
        Flow {
            options,
            bounds,
            intake: Intake::new(bounds.in_flight),
            bell: Bell::new(),
            pool: ScopedPool::new(bounds.workers, orders.processes != 0),
            over: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            dropped: AtomicBool::new(false),
            held: AtomicBool::new(false),
            trial: AtomicBool::new(false),
            sharing: AtomicBool::new(false),
            failed: AtomicUsize::new(usize::MAX),
            outcome: Mutex::new(None),
            total_ns: AtomicU32::new(options.site.item_ns().map_or(0, f32::to_bits)),
            narrowest_ns: AtomicU32::new(0),
            least: AtomicUsize::new(0),
            most: AtomicUsize::new(usize::MAX),
        }
    }

    /// Brings all items to their end.
    pub(crate) fn run(self, chain: &dyn Carry<Error = X>) -> Result<(), Stopped<X>> {
        let hint = chain.hint();
        self.expect(hint);
        #[cfg(feature = "progress")]
        if let Some(progress) = &self.options.progress {
            progress.expect(hint.1.filter(|&most| most == hint.0));
        }
        gate::scope(&|gate| self.help(chain, gate), |door| self.lead(chain, door));
        #[cfg(feature = "progress")]
        if let Some(progress) = &self.options.progress {
            progress.leave();
        }
        let is_stop = self.must_stop();
        // Where all that there was is done there was nothing left to stop.
        let is_empty = self.most.load(Ordering::Relaxed) == 0;
        let is_done = self.intake.is_done(is_empty) && !self.dropped.into_inner();
        match self.outcome.into_inner().unwrap_or_else(PoisonError::into_inner) {
            // An item made a call that was cancelled with this one.
            Some((_, Cause::Panic(payload))) if is_stop && payload.is::<Cancelled>() => Err(Stopped::Cancelled),
            Some((index, Cause::Panic(payload))) => Err(Stopped::Panicked(Panicked { index, payload })),
            Some((_, Cause::Error(error))) => Err(Stopped::Failed(error)),
            None if self.stopped.into_inner() && !is_done => Err(Stopped::Cancelled),
            None => Ok(()),
        }
    }

    /// The caller's part.
    fn lead(&self, chain: &dyn Carry<Error = X>, door: &Door<'_>) {
        let began = self.pool.began();
        let is_shuffled = self.options.orders.shuffle().is_some();
        let mut pilot = Pilot::new(&self.bounds, is_shuffled, self.options.site.item_ns(), self.pool.help_ns());
        let mut worker = Worker { flow: self, entrance: Entrance::Door(door), last: began };
        let mut seen = Pace::default();
        while !self.is_over() {
            // Asked before anything is looked at: whoever makes it possible to go on alone rings as well.
            let rung = self.bell.rung();
            if self.must_stop() {
                self.stop();
                break;
            }
            self.sharing.store(pilot.is_sharing(), Ordering::Relaxed);
            if pilot.is_alone() {
                if let Some(start) = self.intake.enter_alone() {
                    // The last batch under way may have failed since this was asked: nothing goes in behind it.
                    if self.is_over() {
                        break;
                    }
                    self.held.store(false, Ordering::Relaxed);
                    let (items, ns) = self.go_alone(chain, start, &mut pilot);
                    seen.record(items, ns);
                    worker.last = Instant::now();
                    continue;
                }
                self.held.store(true, Ordering::Relaxed);
            } else {
                let total_ns = f32::from_bits(self.total_ns.load(Ordering::Relaxed));
                if total_ns == 0.0 {
                    self.total_ns.store(pilot.alone_ns().map_or(0, f32::to_bits), Ordering::Relaxed);
                }
            }
            self.trial.store(pilot.is_trial(), Ordering::Relaxed);
            if self.carry(chain, &mut worker) {
                let now = nanoseconds(worker.last.duration_since(began));
                let costs = self.costs();
                let is_worth = || is_worth(self.expected() as f32 * costs.total_ns, self.pool.help_ns());
                if pilot.worked(&self.bounds, costs, (now, self.intake.items()), is_worth) {
                    worker.invite();
                }
            } else if !self.is_over() {
                if !self.bell.listen(rung, self.patience()) {
                    self.bell.sleep(rung);
                }
                worker.last = Instant::now();
            }
        }
        if self.pool.asked() > 0 {
            self.pool.withdraw(door.gate());
        } else if pilot.declined() {
            scoped_pool::not_asked_here();
        }
        let batched = self.intake.items() - seen.items();
        seen.record(batched, batched as f32 * self.costs().total_ns);
        self.options.site.learn(&seen);
    }

    /// A helper's part, behind the gate.
    fn help(&self, chain: &dyn Carry<Error = X>, gate: &Arc<Gate>) {
        self.pool.came();
        let mut worker = Worker { flow: self, entrance: Entrance::Gate(gate), last: Instant::now() };
        worker.invite();
        settings::under(self.options.orders.settings(), || {
            while !self.is_over() {
                let rung = self.bell.rung();
                if self.carry(chain, &mut worker) {
                    worker.invite();
                } else {
                    if !self.bell.listen(rung, self.patience()) {
                        break;
                    }
                    worker.last = Instant::now();
                }
            }
        });
        self.pool.left();
    }

    /// Carries one batch as far as it goes. False if there is none to carry.
    fn carry(&self, chain: &dyn Carry<Error = X>, worker: &mut Worker<'_, X>) -> bool {
        match catch_unwind(AssertUnwindSafe(|| chain.work(worker))) {
            Ok(worked) => {
                let Costs { total_ns, narrowest_ns, is_partial } = chain.costs();
                if !is_partial {
                    self.total_ns.store(total_ns.to_bits(), Ordering::Relaxed);
                    self.narrowest_ns.store(narrowest_ns.to_bits(), Ordering::Relaxed);
                }
                worked
            }
            Err(payload) => {
                // Functions are caught batch by batch; this came from elsewhere, such as a destructor.
                self.abort(payload);
                true
            }
        }
    }

    /// The plain loop for as long as the pilot likes. How many items it did, and how long that took.
    fn go_alone(&self, chain: &dyn Carry<Error = X>, start: usize, pilot: &mut Pilot) -> (usize, f32) {
        let began = Instant::now();
        let (pool, options) = (&self.pool, self.options);
        let mut alone = Alone { pilot, pool, options, last: began, start, done: 0, before: 0, block: 0, ended: false };
        alone.block = alone.next_block(Some(self.most.load(Ordering::Relaxed)));
        let done = catch_unwind(AssertUnwindSafe(|| chain.alone(&mut alone)));
        let cause = match done {
            Ok(ControlFlow::Continue(())) => None,
            Ok(ControlFlow::Break(error)) => Some(Cause::Error(error)),
            Err(payload) => Some(Cause::Panic(payload)),
        };
        alone.options.count(alone.done - alone.before);
        let (done, ended, ns) = (alone.done, alone.ended, nanoseconds(alone.last.duration_since(began)));
        if let Some(cause) = cause {
            self.fail((start + done, cause));
        }
        if self.intake.leave_alone(done, ended) == Way::Finished {
            self.finish();
        }
        (done, ns)
    }

    /// Lets a worker to the source, if it may pull one more batch.
    pub(crate) fn enter(&self) -> Option<Pull> {
        if self.held.load(Ordering::Relaxed) || self.is_over() || self.failed.load(Ordering::Relaxed) != usize::MAX {
            return None;
        }
        // A deck is filled with many batches before anybody looks again. Of a source that says it has nothing left there
        // is nothing to stop.
        if self.must_stop() && self.most.load(Ordering::Relaxed) != 0 {
            self.stop();
            return None;
        }
        self.intake.enter()
    }

    /// How many items to pull as one batch, of at most `remaining`.
    pub(crate) fn batch(&self, remaining: Option<usize>) -> usize {
        if self.options.orders.shuffle().is_some() {
            return self.bounds.chunk;
        }
        self.bounds.batch(self.costs().total_ns, self.trial.load(Ordering::Relaxed), remaining)
    }

    /// Notes what the source says of its remaining items.
    pub(crate) fn expect(&self, (least, most): (usize, Option<usize>)) {
        self.least.store(least, Ordering::Relaxed);
        self.most.store(most.unwrap_or(usize::MAX), Ordering::Relaxed);
    }

    /// How many more items are to be expected.
    fn expected(&self) -> usize {
        let [least, most] = [&self.least, &self.most].map(|count| count.load(Ordering::Relaxed));
        expected((least, Some(most)), self.intake.items())
    }

    /// What items cost lately.
    pub(crate) fn costs(&self) -> Costs {
        let [total_ns, narrowest_ns] =
            [&self.total_ns, &self.narrowest_ns].map(|ns| f32::from_bits(ns.load(Ordering::Relaxed)));
        Costs { total_ns, narrowest_ns, is_partial: false }
    }

    /// How long to listen for work before going to sleep, or away.
    fn patience(&self) -> u32 {
        self.bounds.patience(self.costs())
    }

    /// Whether nothing is to be carried on any more.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Whether the pipeline was told to stop.
    fn must_stop(&self) -> bool {
        self.options.orders.stop().is_some_and(Stop::is_now)
    }

    /// Whether a batch with this number is to be carried on.
    fn goes_on(&self, number: usize) -> bool {
        if self.must_stop() {
            self.stop();
        }
        !self.is_over() && number <= self.failed.load(Ordering::Relaxed)
    }

    /// Notes that something failed in the batch with this number.
    pub(crate) fn failed_in(&self, number: usize) {
        self.failed.fetch_min(number, Ordering::Relaxed);
    }

    /// Ends the pipeline with a failure, unless it ends with that of an earlier item. They come out of the last stage in
    /// order; but who comes out passes the stage on before it tells of its failure here, and may be overtaken.
    fn fail(&self, failed: Failed<X>) {
        let later = {
            let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
            match &*outcome {
                Some((earliest, _)) if *earliest <= failed.0 => Some(failed),
                _ => outcome.replace(failed),
            }
        };
        drop_quietly(later);
        self.finish();
    }

    /// Ends the pipeline with a panic that belongs to no item.
    fn abort(&self, payload: Payload) {
        self.fail((Failure::NO_ITEM, Cause::Panic(payload)));
    }

    /// Ends the pipeline as it was told to.
    fn stop(&self) {
        // Whoever finished first was sooner.
        if !self.over.swap(true, Ordering::Relaxed) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        self.bell.ring();
    }

    fn finish(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.bell.ring();
    }
}

/// A caller that does items one by one, as the plain loop does.
pub struct Alone<'p> {
    pilot: &'p mut Pilot,
    pool: &'p ScopedPool,
    options: &'p Options,
    /// When the clock was last read, and how many items were done then.
    last: Instant,
    before: usize,
    /// How many items are done until it is read again.
    block: usize,
    /// The position of the first item.
    start: usize,
    /// How many items were pulled and done.
    pub(crate) done: usize,
    /// Whether there are no more.
    pub(crate) ended: bool,
}

impl fmt::Debug for Alone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone").finish_non_exhaustive()
    }
}

impl Alone<'_> {
    /// How many items are to be done before it is asked whether to go on.
    pub(crate) fn until(&self) -> usize {
        self.before.saturating_add(self.block)
    }

    /// Whether to go on, with a source that says this of its remaining items.
    pub(crate) fn goes_on(&mut self, hint: (usize, Option<usize>)) -> bool {
        let now = Instant::now();
        let ns = nanoseconds(now.duration_since(self.last));
        let items = self.done - self.before;
        (self.last, self.before) = (now, self.done);
        let pool = self.pool;
        self.pilot.was_alone(items, ns, || expected(hint, self.start + self.done), || pool.help_ns());
        self.options.count(items);
        self.block = self.next_block(hint.1);
        if self.options.orders.stop().is_some_and(Stop::is_now) {
            // What says that it has nothing left is done, and not stopped.
            self.ended = hint.1 == Some(0);
            return false;
        }
        self.pilot.is_alone()
    }

    /// How many items are done before the clock is read.
    fn next_block(&self, remaining: Option<usize>) -> usize {
        self.pilot.block(self.options.orders.stop().is_some() || self.options.is_watched(), remaining)
    }
}

/// How many more items are to be expected of a source that says this of them: if it does not know, as many as there were.
fn expected((least, most): (usize, Option<usize>), items: usize) -> usize {
    least.max(items).min(most.unwrap_or(usize::MAX))
}

/// One thread at work on a pipeline.
pub struct Worker<'w, X> {
    pub(crate) flow: &'w Flow<'w, X>,
    entrance: Entrance<'w>,
    /// When the clock was last read.
    last: Instant,
}

impl<X: Send> Worker<'_, X> {
    /// Carries a batch through a stage.
    pub(crate) fn through<A: Apply<Error = X>>(&mut self, batch: Batch<A::In, X>, stage: &mut A) -> Passed<A::Out, X> {
        let (number, failed_before) = (batch.number, batch.failed.is_some());
        let look = Bounds::look(self.flow.costs().total_ns);
        let passed = batch.through(stage, look, || self.flow.goes_on(number));
        if !failed_before && passed.batch.as_ref().is_some_and(|batch| batch.failed.is_some()) {
            // Before the stage is passed on, so that no batch behind this one goes in.
            self.flow.failed_in(number);
        }
        if passed.batch.is_none() {
            self.flow.dropped.store(true, Ordering::Relaxed);
        }
        passed
    }

    /// Notes that a batch of so many items has come through a stage.
    pub(crate) fn spent(&mut self, cost: &Cost, inputs: usize) {
        cost.record(inputs, self.since_last());
    }

    /// Nanoseconds since the clock was last read.
    fn since_last(&mut self) -> f32 {
        let now = Instant::now();
        let ns = nanoseconds(now.duration_since(self.last));
        self.last = now;
        ns
    }

    /// Leaves the source, with a batch if there was one more.
    pub(crate) fn leave_source(&mut self, items: usize, is_batch: bool, ended: bool) {
        let way = self.flow.intake.leave_with(items, is_batch, ended);
        self.follow(way);
    }

    /// A batch has come to the end, unless it was given up.
    pub(crate) fn arrived(&mut self, batch: Option<Batch<Infallible, X>>) {
        if let Some(Batch { inputs, .. }) = &batch {
            self.flow.options.count(*inputs);
        }
        if let Some(failed) = batch.and_then(|batch| batch.failed) {
            self.flow.fail(failed);
        }
        let way = self.flow.intake.done();
        self.follow(way);
    }

    fn follow(&mut self, way: Way) {
        match way {
            Way::Open => {
                self.flow.bell.ring();
                // Before the batch in hand is carried on, which may take long.
                self.invite_to(false);
            }
            Way::Closed => {}
            Way::Finished => self.flow.finish(),
        }
    }

    /// Says that a parked batch may go on, for another to carry: this worker has one in hand.
    pub(crate) fn offer(&mut self) {
        self.flow.bell.ring();
        self.invite_to(true);
    }

    /// Who this is.
    pub(crate) fn role(&self) -> Role {
        self.entrance.role()
    }

    /// Asks for one more helper, if that is worth it.
    fn invite(&mut self) {
        self.invite_to(false);
    }

    /// Asks for one more helper, if helpers may be asked for and that is worth it: to carry a batch that `is_ready`, or to
    /// pull more of them.
    fn invite_to(&mut self, is_ready: bool) {
        if !self.flow.sharing.load(Ordering::Relaxed) {
            return;
        }
        let flow = self.flow;
        if flow.pool.may_ask() {
            let (workers, room) = (1 + flow.pool.asked(), flow.intake.room());
            let is_open = is_ready || flow.bounds.is_open(room);
            // What was pulled to be shuffled is still to be done.
            let is_shuffled = flow.options.orders.shuffle().is_some();
            let pulled = if is_shuffled { flow.bounds.chunk * (flow.bounds.in_flight - room) } else { 0 };
            let rest = flow.expected().max(pulled);
            if is_open && flow.bounds.is_worth_another(flow.costs(), workers, rest, flow.pool.help_ns()) {
                let is_first = workers == 1;
                flow.pool.ask(self.entrance.gate(), self.entrance.role());
                if is_first {
                    // The first to ask starts the pool. That is no time of a stage's.
                    self.last = Instant::now();
                }
            }
        }
    }
}
