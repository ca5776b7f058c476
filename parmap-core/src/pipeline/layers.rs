//! The stages of a pipeline, one around the other: the source inside, the end outside.
//!
//! A layer does two things. **Alone** it is the plain loop: it hands its items to the layer around it one by one. To
//! **work**, it looks for a batch that can be carried on from here, asks the layers inside if there is none, and hands what
//! it carried through to the layer around it. As a worker asks the end first, what is nearest to the end is done first.

use std::{
    convert::Infallible,
    marker::PhantomData,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use super::{
    batch::{Batch, Passed},
    costs::{Bounds, Cost, Costs},
    ends::End,
    flow::Worker,
    stage::{Apply, Held, Stage, Whole},
    turns::{Pull, Turns},
};
use crate::{
    failure::{Cause, drop_quietly},
    schedule::{RUN_NS, nanoseconds},
};

/// A stage and what is inside it.
pub trait Layer: Sync {
    /// What comes out.
    type Out: Send;
    /// What ends the pipeline early.
    type Error: Send;

    /// The plain loop: pulls items and hands what becomes of them to `sink`.
    fn alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(Self::Out) -> ControlFlow<Self::Error>,
    ) -> ControlFlow<Self::Error>;

    /// Finds a batch, carries it out of this layer, and to `next` unless it has to wait before that. False if there is none.
    fn work(
        &self,
        worker: &mut Worker<'_, Self::Error>,
        next: &mut impl FnMut(&mut Worker<'_, Self::Error>, Batch<Self::Out, Self::Error>),
    ) -> bool;

    /// Adds what this layer costs, and those inside.
    fn costs(&self, costs: &mut Costs);
}

/// A stretch of the plain loop.
#[derive(Debug)]
pub struct Alone {
    /// How many items to pull.
    pub(crate) count: usize,
    /// How many were pulled and done.
    pub(crate) done: usize,
    /// Whether there are no more.
    pub(crate) ended: bool,
    /// What the source says of those it still has.
    pub(crate) hint: (usize, Option<usize>),
}

/// Where items come from.
pub struct Source<I, W> {
    /// `None` while a worker pulls.
    iterator: Mutex<Option<I>>,
    cost: Cost,
    kind: PhantomData<fn() -> W>,
}

impl<I: Iterator, W> Source<I, W> {
    pub(crate) fn new(iterator: I) -> Self {
        Source { iterator: Mutex::new(Some(iterator)), cost: Cost::default(), kind: PhantomData }
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<I>> {
        self.iterator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pulls a batch: its items, and the panic that the iterator ended with. The flow has let this worker in.
    fn pull(
        &self,
        iterator: &mut I,
        size: usize,
        worker: &Worker<'_, W::Error>,
    ) -> (Vec<I::Item>, bool, Option<Cause<W::Error>>)
    where
        W: Whole,
    {
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
        (items, ended, failed)
    }
}

impl<I, W> std::fmt::Debug for Source<I, W> {
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

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(I::Item) -> ControlFlow<W::Error>,
    ) -> ControlFlow<W::Error> {
        let Some(mut iterator) = self.slot().take() else { return ControlFlow::Continue(()) };
        let count = alone.count;
        let done = iterator.by_ref().take(count).try_for_each(|item| {
            sink(item)?;
            alone.done += 1;
            ControlFlow::Continue(())
        });
        alone.ended = alone.done < count;
        alone.hint = iterator.size_hint();
        *self.slot() = Some(iterator);
        done
    }

    fn work(
        &self,
        worker: &mut Worker<'_, W::Error>,
        next: &mut impl FnMut(&mut Worker<'_, W::Error>, Batch<I::Item, W::Error>),
    ) -> bool {
        let Some(Pull { number, start }) = worker.flow.enter() else { return false };
        let Some(mut iterator) = self.slot().take() else { return false };
        let size = worker.flow.batch(iterator.size_hint().1);
        let (items, ended, failed) = self.pull(&mut iterator, size, worker);
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
        if is_batch {
            next(worker, Batch { number, start, inputs, items, offsets: None, failed });
        }
        true
    }

    fn costs(&self, costs: &mut Costs) {
        costs.add(&self.cost, 1);
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

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        let mut state = self.stage.begin();
        let done = self.inside.alone(alone, &mut |item| self.stage.apply(&mut state, item, sink));
        self.stage.leave(state);
        done
    }

    fn work(
        &self,
        worker: &mut Worker<'_, P::Error>,
        next: &mut impl FnMut(&mut Worker<'_, P::Error>, Batch<S::Out, P::Error>),
    ) -> bool {
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

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        self.parallel.alone(alone, sink)
    }

    fn work(
        &self,
        worker: &mut Worker<'_, P::Error>,
        next: &mut impl FnMut(&mut Worker<'_, P::Error>, Batch<S::Out, P::Error>),
    ) -> bool {
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
            if let Some((batch, turn)) = self.turns.arrive(batch.number, batch, worker.flow.bounds.in_flight) {
                pass(worker, batch, turn);
            }
        })
    }

    fn costs(&self, costs: &mut Costs) {
        self.parallel.inside.costs(costs);
        costs.add(&self.parallel.cost, self.width);
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
    /// The stage, after the last batch; what is inside is dropped.
    pub(crate) fn into_end(self) -> S {
        self.turns.into_stage().expect("the stage is free once all batches are done")
    }

    /// The plain loop.
    #[inline]
    fn loop_alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        // Nothing is under way, so it is here.
        let Some(mut stage) = self.turns.borrow() else { return ControlFlow::Continue(()) };
        let done = self.inside.alone(alone, &mut |item| stage.apply(item, sink));
        self.turns.give_back(stage);
        done
    }

    /// Finds a batch whose turn it is, or brings one to here; carries it through.
    fn bring(
        &self,
        worker: &mut Worker<'_, P::Error>,
        next: &mut impl FnMut(&mut Worker<'_, P::Error>, Option<Batch<S::Out, P::Error>>),
    ) -> bool {
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
            if let Some((batch, stage)) = self.turns.arrive(batch.number, batch, worker.flow.bounds.in_flight) {
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

    #[inline]
    fn alone(
        &self,
        alone: &mut Alone,
        sink: &mut impl FnMut(S::Out) -> ControlFlow<P::Error>,
    ) -> ControlFlow<P::Error> {
        self.loop_alone(alone, sink)
    }

    fn work(
        &self,
        worker: &mut Worker<'_, P::Error>,
        next: &mut impl FnMut(&mut Worker<'_, P::Error>, Batch<S::Out, P::Error>),
    ) -> bool {
        self.bring(worker, &mut |worker, batch| {
            if let Some(batch) = batch {
                next(worker, batch);
            }
        })
    }

    fn costs(&self, costs: &mut Costs) {
        self.add_costs(costs);
    }
}

/// All of a pipeline, its end included.
pub(crate) trait Chain: Sync {
    /// What ends it early.
    type Error: Send;
    /// The plain loop.
    fn alone(&self, alone: &mut Alone) -> ControlFlow<Self::Error>;
    /// Finds a batch and carries it as far as it can go. False if there is none.
    fn work(&self, worker: &mut Worker<'_, Self::Error>) -> bool;
    /// What the stages cost.
    fn costs(&self) -> Costs;
}

impl<P, Z> Chain for InOrder<P, Z>
where
    P: Layer,
    Z: End + Apply<In = P::Out, Error = P::Error>,
{
    type Error = P::Error;

    #[inline]
    fn alone(&self, alone: &mut Alone) -> ControlFlow<P::Error> {
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
}
