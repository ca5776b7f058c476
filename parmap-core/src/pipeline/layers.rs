//! The stages of a pipeline, one around the other: the source inside, the end outside.
//!
//! A layer does two things. **Alone** it is the plain loop: it hands its items to the layer around it one by one. To
//! **work**, it looks for a batch that can be carried on from here, asks the layers inside if there is none, and hands what
//! it carried through to the layer around it. As a worker asks the end first, what is nearest to the end is done first.

use std::{
    convert::Infallible,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::PoisonError,
};

use super::{
    batch::{Batch, Passed},
    costs::{Bounds, Cost, Costs},
    ends::End,
    flow::{Alone, Worker},
    stage::{Apply, Held, Stage, Then, Whole},
    turns::{Pull, Turns},
};
use crate::{
    failure::{Cause, drop_quietly},
    pace::nanoseconds,
    schedule::RUN_NS,
    shuffle::Deck,
    sync::whole::{Instant, Mutex, MutexGuard},
    work::Role,
};

/// What a layer hands its batches to: the layer around it. By reference, so that a layer is compiled once for its own types
/// and not for those of all layers around it too.
pub(crate) type Next<'n, T, X> = &'n mut dyn FnMut(&mut Worker<'_, X>, Batch<T, X>);

/// The same, told of batches that were given up too.
type Brought<'n, T, X> = &'n mut dyn FnMut(&mut Worker<'_, X>, Option<Batch<T, X>>);

/// A stage and what is inside it.
pub trait Layer: Sync {
    /// What comes out.
    type Out: Send;
    /// What ends the pipeline early.
    type Error: Send;
    /// Whether one comes out for each item of the source.
    const ONE_FOR_ONE: bool;

    /// The plain loop: pulls items and hands what becomes of them to `sink`.
    fn alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(Self::Out) -> ControlFlow<Self::Error>,
    ) -> ControlFlow<Self::Error>;

    /// Finds a batch, carries it out of this layer, and to `next` unless it has to wait before that. False if there is none.
    fn work(&self, worker: &mut Worker<'_, Self::Error>, next: Next<'_, Self::Out, Self::Error>) -> bool;

    /// Adds what this layer costs, and those inside.
    fn costs(&self, costs: &mut Costs);

    /// What the source says of the number of its items.
    fn hint(&self) -> (usize, Option<usize>);

    /// Hands batches out in an order that the seed decides.
    fn shuffle(&mut self, seed: u64);

    /// Drops the batches that were not carried to their end.
    fn clear(&self);
}

/// How many items are done: in a place of its own while the loop runs, so that it need not be written for each, and
/// noted where the loop ends, on unwinding too.
struct Counted<'a, 'p> {
    done: usize,
    alone: &'a mut Alone<'p>,
}

impl Drop for Counted<'_, '_> {
    fn drop(&mut self) {
        self.alone.done = self.done;
    }
}

/// What was pulled for a batch.
struct Pulled<T, X> {
    items: Vec<T>,
    /// Whether there are no more.
    ended: bool,
    /// The panic that the iterator ended with.
    failed: Option<Cause<X>>,
}

/// Where items come from.
pub struct Source<I: Iterator, W: Whole> {
    /// `None` while a worker pulls.
    iterator: Mutex<Option<I>>,
    cost: Cost,
    /// What batches are drawn from if not in their order.
    deck: Option<Deck<Batch<I::Item, W::Error>>>,
}

impl<I: Iterator, W: Whole> Source<I, W> {
    pub(crate) fn new(iterator: I) -> Self {
        Source { iterator: Mutex::new(Some(iterator)), cost: Cost::default(), deck: None }
    }

    fn slot(&self) -> MutexGuard<'_, Option<I>> {
        self.iterator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pulls a batch, if the flow lets this worker in and there are more items.
    fn pull(&self, worker: &mut Worker<'_, W::Error>) -> Option<Batch<I::Item, W::Error>> {
        let Pull { number, start } = worker.flow.enter()?;
        let mut iterator = self.slot().take()?;
        let size = worker.flow.batch(iterator.size_hint().1);
        let Pulled { items, ended, failed } = Self::pull_items(&mut iterator, size, worker);
        let inputs = items.len();
        worker.flow.expect(iterator.size_hint());
        *self.slot() = Some(iterator);
        if failed.is_some() {
            worker.flow.failed_in(number);
        }
        worker.spent(&self.cost, inputs);
        let failed = failed.map(|cause| (start + inputs, cause));
        let is_batch = inputs > 0 || failed.is_some();
        worker.leave_source(inputs, is_batch, ended);
        is_batch.then_some(Batch { number, start, inputs, items, offsets: None, failed })
    }

    /// Pulls so many items.
    fn pull_items(iterator: &mut I, size: usize, worker: &Worker<'_, W::Error>) -> Pulled<I::Item, W::Error> {
        let chunk = worker.flow.bounds.chunk;
        let look = Bounds::look(worker.flow.costs().total_ns).min(size);
        let (began, mut items) = (Instant::now(), Vec::with_capacity(size.min(super::costs::BATCH)));
        let (mut ended, mut failed) = (false, None);
        while items.len() < size && !ended {
            let wanted = look.min(size - items.len());
            let before = items.len();
            let pulled = catch_unwind(AssertUnwindSafe(|| items.extend(iterator.by_ref().take(wanted))));
            failed = pulled.err().map(Cause::Panic);
            ended = failed.is_some() || items.len() - before < wanted;
            // Items that come slowly must not lie about until there are many.
            let is_slow = || nanoseconds(began.elapsed()) > RUN_NS;
            if items.len() < size && items.len() % chunk == 0 && (worker.flow.is_over() || is_slow()) {
                break;
            }
        }
        Pulled { items, ended, failed }
    }
}

impl<I: Iterator, W: Whole> std::fmt::Debug for Source<I, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}

impl<I, W> Layer for Source<I, W>
where
    I: Iterator + Send,
    I::Item: Send,
    W: Whole,
{
    type Out = I::Item;
    type Error = W::Error;
    const ONE_FOR_ONE: bool = true;

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(I::Item) -> ControlFlow<W::Error>,
    ) -> ControlFlow<W::Error> {
        let Some(mut iterator) = self.slot().take() else { return ControlFlow::Continue(()) };
        loop {
            let until = alone.until();
            let mut counted = Counted { done: alone.done, alone };
            let done = iterator.by_ref().take(until - counted.done).try_for_each(|item| {
                sink(item)?;
                counted.done += 1;
                ControlFlow::Continue(())
            });
            drop(counted);
            alone.ended = done.is_continue() && alone.done < until;
            if done.is_break() || alone.ended || !alone.goes_on(iterator.size_hint()) {
                *self.slot() = Some(iterator);
                return done;
            }
        }
    }

    fn work(&self, worker: &mut Worker<'_, W::Error>, next: Next<'_, I::Item, W::Error>) -> bool {
        let batch = match &self.deck {
            Some(deck) => deck.draw(worker.role(), || self.pull(worker)),
            None => self.pull(worker),
        };
        batch.map(|batch| next(worker, batch)).is_some()
    }

    fn costs(&self, costs: &mut Costs) {
        costs.add(&self.cost, 1);
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.slot().as_ref().map_or((0, None), Iterator::size_hint)
    }

    fn shuffle(&mut self, seed: u64) {
        self.deck = Some(Deck::new(seed));
    }

    fn clear(&self) {
        if let Some(deck) = &self.deck {
            while let Some(batch) = deck.draw(Role::Caller, || None) {
                batch.give_up();
            }
        }
    }
}

/// Parallel stages, fused, that any number of workers may be in.
#[derive(Debug)]
pub struct Parallel<P, S> {
    pub(crate) inside: P,
    pub(crate) stage: S,
    pub(crate) cost: Cost,
}

impl<P, S> Parallel<P, S>
where
    P: Layer,
    S: Stage<In = P::Out, Error = P::Error>,
{
    /// Carries a batch through.
    fn pass(
        stage: &S,
        cost: &Cost,
        worker: &mut Worker<'_, P::Error>,
        batch: Batch<P::Out, P::Error>,
    ) -> Option<Batch<S::Out, P::Error>> {
        let inputs = batch.inputs;
        let mut held = Held { stage, state: stage.begin() };
        let Passed { batch, panicked } = worker.through(batch, &mut held);
        if panicked {
            // What lies below is still to be done, and must not fail by what this left behind.
            drop_quietly(held.state);
        } else {
            stage.leave(held.state);
        }
        worker.spent(cost, inputs);
        batch
    }
}

impl<P, S> Layer for Parallel<P, S>
where
    P: Layer,
    S: Stage<In = P::Out, Error = P::Error>,
    S::Out: Send,
{
    type Out = S::Out;
    type Error = P::Error;
    const ONE_FOR_ONE: bool = P::ONE_FOR_ONE && S::ONE_FOR_ONE;

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        let mut state = self.stage.begin();
        let done = self.inside.alone(alone, &mut |item| self.stage.apply(&mut state, item, sink));
        self.stage.leave(state);
        done
    }

    fn work(&self, worker: &mut Worker<'_, P::Error>, next: Next<'_, S::Out, P::Error>) -> bool {
        self.inside.work(worker, &mut |worker, batch| {
            if let Some(batch) = Self::pass(&self.stage, &self.cost, worker, batch) {
                next(worker, batch);
            }
        })
    }

    fn costs(&self, costs: &mut Costs) {
        self.inside.costs(costs);
        costs.add(&self.cost, usize::MAX);
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.inside.hint()
    }

    fn shuffle(&mut self, seed: u64) {
        self.inside.shuffle(seed);
    }

    fn clear(&self) {
        self.inside.clear();
    }
}

/// A layer of parallel stages, to which one more can be added.
pub trait Fuse {
    /// The layer with that.
    type Fused<B>;
    /// It.
    fn fuse<B>(self, stage: B) -> Self::Fused<B>;
}

impl<P, S> Fuse for Parallel<P, S> {
    type Fused<B> = Parallel<P, Then<S, B>>;

    fn fuse<B>(self, stage: B) -> Parallel<P, Then<S, B>> {
        let Parallel { inside, stage: first, cost } = self;
        Parallel { inside, stage: Then(first, stage), cost }
    }
}

/// Parallel stages, fused, that so many workers may be in at once.
pub struct Within<P: Layer, S> {
    pub(crate) parallel: Parallel<P, S>,
    pub(crate) width: usize,
    pub(crate) turns: Turns<Batch<P::Out, P::Error>, ()>,
}

impl<P: Layer, S> std::fmt::Debug for Within<P, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Within").field("width", &self.width).finish_non_exhaustive()
    }
}

impl<P, S> Layer for Within<P, S>
where
    P: Layer,
    S: Stage<In = P::Out, Error = P::Error>,
    S::Out: Send,
{
    type Out = S::Out;
    type Error = P::Error;
    const ONE_FOR_ONE: bool = P::ONE_FOR_ONE && S::ONE_FOR_ONE;

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        self.parallel.alone(alone, sink)
    }

    fn work(&self, worker: &mut Worker<'_, P::Error>, next: Next<'_, S::Out, P::Error>) -> bool {
        let Parallel { inside, stage, cost } = &self.parallel;
        let mut pass = |worker: &mut Worker<'_, P::Error>, batch, (): ()| {
            let batch = Parallel::<P, S>::pass(stage, cost, worker, batch);
            if self.turns.pass_on(()) {
                worker.offer();
            }
            if let Some(batch) = batch {
                next(worker, batch);
            }
        };
        if let Some((batch, turn)) = self.turns.take() {
            pass(worker, batch, turn);
            return true;
        }
        inside.work(worker, &mut |worker, batch| {
            if let Some((batch, turn)) = self.turns.arrive(batch.number, batch) {
                pass(worker, batch, turn);
            }
        })
    }

    fn costs(&self, costs: &mut Costs) {
        self.parallel.inside.costs(costs);
        costs.add(&self.parallel.cost, self.width);
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.parallel.hint()
    }

    fn shuffle(&mut self, seed: u64) {
        self.parallel.inside.shuffle(seed);
    }

    fn clear(&self) {
        self.turns.take_parked().into_values().for_each(Batch::give_up);
        self.parallel.inside.clear();
    }
}

/// A serial stage.
pub struct InOrder<P: Layer, S> {
    pub(crate) inside: P,
    pub(crate) turns: Turns<Batch<P::Out, P::Error>, S>,
    pub(crate) cost: Cost,
}

impl<P: Layer, S> InOrder<P, S> {
    pub(crate) fn new(inside: P, stage: S) -> Self {
        InOrder { inside, turns: Turns::in_order(stage), cost: Cost::default() }
    }
}

impl<P: Layer, S> std::fmt::Debug for InOrder<P, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InOrder").finish_non_exhaustive()
    }
}

impl<P, S> InOrder<P, S>
where
    P: Layer,
    S: Apply<In = P::Out, Error = P::Error> + Send,
{
    /// The plain loop.
    #[inline]
    fn loop_alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        // Nothing is under way, so it is here.
        let Some(mut stage) = self.turns.borrow() else { return ControlFlow::Continue(()) };
        let done = self.inside.alone(alone, &mut |item| stage.apply(item, sink));
        self.turns.give_back(stage);
        done
    }

    /// Finds a batch whose turn it is, or brings one to here; carries it through.
    fn bring(&self, worker: &mut Worker<'_, P::Error>, next: Brought<'_, S::Out, P::Error>) -> bool {
        let mut pass = |worker: &mut Worker<'_, P::Error>, batch: Batch<_, _>, mut stage: S| {
            let inputs = batch.inputs;
            let Passed { batch, .. } = worker.through(batch, &mut stage);
            worker.spent(&self.cost, inputs);
            if self.turns.pass_on(stage) {
                worker.offer();
            }
            next(worker, batch);
        };
        if let Some((batch, stage)) = self.turns.take() {
            pass(worker, batch, stage);
            return true;
        }
        self.inside.work(worker, &mut |worker, batch| {
            if let Some((batch, stage)) = self.turns.arrive(batch.number, batch) {
                pass(worker, batch, stage);
            }
        })
    }

    fn add_costs(&self, costs: &mut Costs) {
        self.inside.costs(costs);
        costs.add(&self.cost, 1);
    }
}

impl<P, S> Layer for InOrder<P, S>
where
    P: Layer,
    S: Apply<In = P::Out, Error = P::Error> + Send,
    S::Out: Send,
{
    type Out = S::Out;
    type Error = P::Error;
    const ONE_FOR_ONE: bool = P::ONE_FOR_ONE && S::ONE_FOR_ONE;

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone<'_>,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        self.loop_alone(alone, sink)
    }

    fn work(&self, worker: &mut Worker<'_, P::Error>, next: Next<'_, S::Out, P::Error>) -> bool {
        self.bring(worker, &mut |worker, batch| {
            if let Some(batch) = batch {
                next(worker, batch);
            }
        })
    }

    fn costs(&self, costs: &mut Costs) {
        self.add_costs(costs);
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.inside.hint()
    }

    fn shuffle(&mut self, seed: u64) {
        self.inside.shuffle(seed);
    }

    fn clear(&self) {
        self.turns.take_parked().into_values().for_each(Batch::give_up);
        self.inside.clear();
    }
}

/// All of a pipeline, as its workers see it.
pub trait Carry: Sync {
    /// What ends it early.
    type Error: Send;
    /// The plain loop.
    fn alone(&self, alone: &mut Alone<'_>) -> ControlFlow<Self::Error>;
    /// Finds a batch and carries it as far as it can go. False if there is none.
    fn work(&self, worker: &mut Worker<'_, Self::Error>) -> bool;
    /// What the stages cost.
    fn costs(&self) -> Costs;
    /// What the source says of the number of its items.
    fn hint(&self) -> (usize, Option<usize>);
}

/// All of a pipeline, as its caller sees it.
pub trait Chain: Carry {
    /// What the pipeline gives.
    type Value;
    /// Hands batches out in an order that the seed decides.
    fn shuffle(&mut self, seed: u64);
    /// Tells the end how many items to expect.
    fn prepare(&mut self);
    /// Drops the batches that were not carried to their end.
    fn clear(&self);
    /// What the pipeline gives, after the last batch.
    fn value(self) -> Self::Value;
}

impl<P, Z> Carry for InOrder<P, Z>
where
    P: Layer,
    Z: End + Apply<In = P::Out, Error = P::Error>,
{
    type Error = P::Error;

    #[inline]
    fn alone(&self, alone: &mut Alone<'_>) -> ControlFlow<P::Error> {
        self.loop_alone(alone, &mut |never: Infallible| match never {})
    }

    fn work(&self, worker: &mut Worker<'_, P::Error>) -> bool {
        self.bring(worker, &mut |worker, batch| worker.arrived(batch))
    }

    fn costs(&self) -> Costs {
        let mut costs = Costs::default();
        self.add_costs(&mut costs);
        costs
    }

    fn hint(&self) -> (usize, Option<usize>) {
        self.inside.hint()
    }
}

impl<P, Z> Chain for InOrder<P, Z>
where
    P: Layer,
    Z: End + Apply<In = P::Out, Error = P::Error>,
{
    type Value = Z::Value;

    fn shuffle(&mut self, seed: u64) {
        self.inside.shuffle(seed);
    }

    fn clear(&self) {
        self.turns.take_parked().into_values().for_each(Batch::give_up);
        self.inside.clear();
    }

    fn prepare(&mut self) {
        let least = if P::ONE_FOR_ONE { self.inside.hint().0 } else { 0 };
        if let Some(mut end) = self.turns.borrow() {
            end.expect(least);
            self.turns.give_back(end);
        }
    }

    fn value(self) -> Z::Value {
        self.turns.into_stage().expect("the stage is free once all batches are done").value()
    }
}
