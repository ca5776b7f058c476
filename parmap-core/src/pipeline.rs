//! `pipeline!`: items that flow from a source through stages to an end, in bounded memory.
//!
//! The expansion puts a [`Pipeline`] together, stage by stage, so that each stage's types are known from those before it,
//! and runs it. How a run goes is for `flow` to say, what a stage does for `stage`.

mod batch;
mod costs;
mod ends;
mod flow;
mod layers;
mod stage;
mod turns;

use std::{fmt, iter::Sum, marker::PhantomData};

use self::{costs::Cost, flow::Flow, stage::Types, turns::Turns};
pub use self::{
    ends::{Collect, End, Fold, ForEach},
    layers::{InOrder, Layer, Parallel, Source, Within},
    stage::{
        Answer, Apply, Filter, FilterMap, FlatMap, Item, Judge, Looked, Map, Par, Perhaps, Plain, Serial, Shape, Stage,
        Then, Tries, Whole, looks, looks_with, serial_looks, serial_takes, takes, takes_with,
    },
};
use crate::{
    failure::{Stopped, raise_cancelled},
    site::Options,
    tried::Mode,
};

/// The stages so far.
pub struct Pipeline<L, W> {
    layer: L,
    /// What batches are to be multiples of.
    chunk: usize,
    kind: Types<W>,
}

impl<L, W> fmt::Debug for Pipeline<L, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}

/// A pipeline of no stages. `W` says what its value is wrapped in.
#[inline]
pub fn source<I: IntoIterator, W: Whole>(items: I) -> Pipeline<Source<I::IntoIter, W>, W>
where
    I::IntoIter: Send,
    I::Item: Send,
{
    Pipeline::new(Source::new(items.into_iter()), 1)
}

impl<L, W> Pipeline<L, W> {
    fn new(layer: L, chunk: usize) -> Self {
        Pipeline { layer, chunk, kind: PhantomData }
    }
}

impl<L: Layer<Error = W::Error>, W: Whole> Pipeline<L, W> {
    /// What the next stage is given.
    #[inline]
    #[must_use]
    pub fn item(&self) -> Item<L::Out, W> {
        Item::new()
    }

    /// Batches are multiples of this many items too; 0 says nothing.
    #[must_use]
    pub fn chunksize(self, items: usize) -> Self {
        let chunk = if items == 0 { self.chunk } else { least_common_multiple(self.chunk, items) };
        Pipeline { chunk, ..self }
    }

    /// A parallel stage.
    #[inline]
    pub fn par<S>(self, stage: S) -> Pipeline<Parallel<L, S>, W>
    where
        S: Stage<In = L::Out, Error = W::Error>,
        S::Out: Send,
    {
        Pipeline::new(Parallel { inside: self.layer, stage, cost: Cost::default() }, self.chunk)
    }

    /// A parallel stage that at most so many workers are in at once; 0 for any number.
    #[inline]
    pub fn par_within<S>(self, processes: usize, stage: S) -> Pipeline<Within<L, S>, W>
    where
        S: Stage<In = L::Out, Error = W::Error>,
        S::Out: Send,
    {
        let parallel = Parallel { inside: self.layer, stage, cost: Cost::default() };
        let width = if processes == 0 { usize::MAX } else { processes };
        Pipeline::new(Within { parallel, width, turns: Turns::in_any_order(width) }, self.chunk)
    }

    /// A serial stage.
    #[inline]
    pub fn serial<S>(self, stage: S) -> Pipeline<InOrder<L, S>, W>
    where
        S: Apply<In = L::Out, Error = W::Error> + Send,
        S::Out: Send,
    {
        Pipeline::new(InOrder::new(self.layer, stage), self.chunk)
    }

    /// Ends in a vector.
    #[inline]
    pub fn collect(self) -> Ended<L, Collect<L::Out, W>, W> {
        self.ended(Collect::new())
    }

    /// Ends in calls of a function.
    #[inline]
    #[allow(clippy::type_complexity)] // The types of closures cannot be named shorter.
    pub fn for_each<F, R, M>(self, f: F, _mode: M) -> Ended<L, ForEach<L::Out, W, F, R, M>, W>
    where
        F: FnMut(L::Out) -> R + Send,
        M: Judge<R, W, Value = ()>,
    {
        self.ended(ForEach::new(f))
    }

    /// Ends in one value.
    #[inline]
    #[allow(clippy::type_complexity)] // As above.
    pub fn fold<A, F, R, M>(self, init: A, f: F, _mode: M) -> Ended<L, Fold<A, L::Out, W, F, R, M>, W>
    where
        A: Send,
        F: FnMut(A, L::Out) -> R + Send,
        M: Judge<R, W, Value = A>,
    {
        self.ended(Fold::new(init, f))
    }

    /// Ends in the sum of all items.
    #[inline]
    #[allow(clippy::type_complexity)] // As above.
    pub fn sum(self) -> Ended<L, Fold<L::Out, L::Out, W, fn(L::Out, L::Out) -> L::Out, L::Out, Plain>, W>
    where
        L::Out: Sum,
    {
        let init = ends::empty_sum();
        self.fold(init, ends::add, Plain)
    }

    /// Ends in the number of items.
    #[inline]
    #[allow(clippy::type_complexity)] // As above.
    pub fn count(self) -> Ended<L, Fold<usize, L::Out, W, fn(usize, L::Out) -> usize, usize, Plain>, W> {
        self.fold(0, |count, _item| count + 1, Plain)
    }

    fn ended<Z>(self, end: Z) -> Ended<L, Z, W> {
        Ended { chain: InOrder::new(self.layer, end), chunk: self.chunk, kind: PhantomData }
    }
}

impl<P, S, W: Whole> Pipeline<Parallel<P, S>, W>
where
    P: Layer<Error = W::Error>,
    S: Stage<In = P::Out, Error = W::Error>,
{
    /// A parallel stage right behind another: one with it.
    #[inline]
    pub fn and_par<B>(self, stage: B) -> Pipeline<Parallel<P, Then<S, B>>, W>
    where
        B: Stage<In = S::Out, Error = W::Error>,
        B::Out: Send,
    {
        let Parallel { inside, stage: first, cost } = self.layer;
        Pipeline::new(Parallel { inside, stage: Then(first, stage), cost }, self.chunk)
    }
}

/// A pipeline that can be run.
pub struct Ended<L: Layer, Z, W> {
    chain: InOrder<L, Z>,
    chunk: usize,
    kind: Types<W>,
}

impl<L: Layer, Z, W> fmt::Debug for Ended<L, Z, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended").finish_non_exhaustive()
    }
}

impl<L, Z, W> Ended<L, Z, W>
where
    W: Whole,
    L: Layer<Error = W::Error>,
    Z: End + Apply<In = L::Out, Error = W::Error>,
{
    /// Runs it, with at most `IN_FLIGHT` batches between source and end.
    pub fn run<const IN_FLIGHT: usize, M>(self, options: Options, mode: M) -> M::With<Z::Value>
    where
        M: Mode<W, Error = W::Error>,
    {
        const { assert!(IN_FLIGHT > 0, "`in_flight` is at least 1: write a larger number, or leave the option out") };
        self.run_within(Some(IN_FLIGHT), options, &mode)
    }

    /// Runs it, with a number of batches between source and end that depends on the number of workers.
    pub fn run_by_default<M>(self, options: Options, mode: M) -> M::With<Z::Value>
    where
        M: Mode<W, Error = W::Error>,
    {
        self.run_within(None, options, &mode)
    }

    fn run_within<M>(self, in_flight: Option<usize>, mut options: Options, mode: &M) -> M::With<Z::Value>
    where
        M: Mode<W, Error = W::Error>,
    {
        let Ended { mut chain, chunk, .. } = self;
        if options.orders.chunksize != 0 || chunk != 1 {
            options.orders.chunksize = least_common_multiple(options.orders.chunksize.max(1), chunk);
        }
        let options = options.under_orders();
        if let Some(seed) = options.orders.shuffle() {
            Layer::shuffle(&mut chain, seed);
        }
        if !W::TRIES {
            // A pipeline that may end early may have an endless source.
            chain.prepare();
        }
        let done = Flow::new(&options, in_flight).run(&chain);
        match done {
            Ok(()) => M::whole(chain.into_end().value()),
            Err(stopped) => match stopped.without(chain) {
                Stopped::Panicked(panicked) => panicked.raise(options.site),
                Stopped::Failed(error) => M::failed(error),
                Stopped::Cancelled => mode.cancelled().unwrap_or_else(|| raise_cancelled(options.site)),
            },
        }
    }
}

/// Of counts that are not 0; the largest there is where that is larger.
fn least_common_multiple(a: usize, b: usize) -> usize {
    let (mut divisor, mut rest) = (a, b);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (a / divisor).saturating_mul(b)
}
