//! `pipeline!`: items that flow from a source through stages to an end, in bounded memory.
//!
//! The expansion puts a [`Pipeline`] together, stage by stage, so that each stage's types are known from those before it,
//! and runs it. How a run goes is for `flow` to say, what a stage does for `stage`.

mod batch;
mod costs;
mod ends;
mod fits;
mod flow;
mod layers;
mod stage;
mod turns;

use std::{fmt, iter::Sum, marker::PhantomData};

use self::{costs::Cost, flow::Flow, stage::Types, turns::Turns};
pub use self::{
    ends::{Collect, End, Fold, ForEach},
    fits::{IfKnown, IfSent, Known, Sent},
    layers::{Carry, Chain, Fuse, InOrder, Layer, Parallel, Source, Within},
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

/// The stages so far, with `T` coming out of the last. `L` is known as long as everything in it fits.
pub struct Pipeline<L, T, W> {
    layer: L,
    /// What batches are to be multiples of.
    chunk: usize,
    kind: Types<(T, W)>,
}

impl<L, T, W> fmt::Debug for Pipeline<L, T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").finish_non_exhaustive()
    }
}

/// A pipeline of no stages. `W` says what its value is wrapped in.
#[inline]
#[allow(clippy::type_complexity)] // The type of an iterator cannot be named shorter.
pub fn source<I, W, N, K>(
    items: I,
) -> Pipeline<IfSent<IfSent<I::Item, N, I::IntoIter>, K, Source<I::IntoIter, W>>, I::Item, W>
where
    I: IntoIterator,
    W: Whole,
    I::Item: Sent<N>,
    IfSent<I::Item, N, I::IntoIter>: Sent<K>,
{
    Pipeline::new(<IfSent<I::Item, N, I::IntoIter>>::if_sent(Source::new(items.into_iter())), 1)
}

/// What the next stage is given. No method: it would take `&self`, and a trait of the user's whose method of that name
/// takes every `self` comes before that. (The methods of [`Pipeline`] take `self`, and so come first.)
#[inline]
#[must_use]
pub fn item<L, T, W>(_pipe: &Pipeline<L, T, W>) -> Item<T, W> {
    Item::new()
}

#[allow(clippy::type_complexity)] // What comes of a stage has a long type, by design.
impl<L, T, W> Pipeline<L, T, W> {
    fn new(layer: L, chunk: usize) -> Self {
        Pipeline { layer, chunk, kind: PhantomData }
    }

    /// Batches are multiples of this many items too; 0 says nothing.
    #[must_use]
    pub fn chunksize(self, items: usize) -> Self {
        let chunk = if items == 0 { self.chunk } else { least_common_multiple(self.chunk, items) };
        Pipeline { chunk, ..self }
    }

    /// A parallel stage.
    #[inline]
    pub fn par<S, N>(self, stage: S) -> Pipeline<IfSent<S::Out, N, Parallel<L, S>>, S::Out, W>
    where
        W: Whole,
        S: Stage<In = T, Error = W::Error>,
        S::Out: Sent<N>,
    {
        Pipeline::new(S::Out::if_sent(Parallel { inside: self.layer, stage, cost: Cost::default() }), self.chunk)
    }

    /// A parallel stage right behind another: one with it.
    #[inline]
    pub fn and_par<S, N>(self, stage: S) -> Pipeline<IfSent<S::Out, N, L::Fused<S>>, S::Out, W>
    where
        W: Whole,
        L: Fuse,
        S: Stage<In = T, Error = W::Error>,
        S::Out: Sent<N>,
    {
        Pipeline::new(S::Out::if_sent(self.layer.fuse(stage)), self.chunk)
    }

    /// A parallel stage that at most so many workers are in at once; 0 for any number.
    #[inline]
    pub fn par_within<S, N>(self, processes: usize, stage: S) -> Pipeline<IfSent<S::Out, N, Within<L, S>>, S::Out, W>
    where
        W: Whole,
        L: Layer<Out = T, Error = W::Error>,
        S: Stage<In = T, Error = W::Error>,
        S::Out: Sent<N>,
    {
        let parallel = Parallel { inside: self.layer, stage, cost: Cost::default() };
        let width = if processes == 0 { usize::MAX } else { processes };
        Pipeline::new(S::Out::if_sent(Within { parallel, width, turns: Turns::in_any_order(width) }), self.chunk)
    }

    /// A serial stage.
    #[inline]
    pub fn serial<S, N>(self, stage: S) -> Pipeline<IfSent<S::Out, N, InOrder<L, S>>, S::Out, W>
    where
        W: Whole,
        L: Layer<Out = T, Error = W::Error>,
        S: Apply<In = T, Error = W::Error> + Send,
        S::Out: Sent<N>,
    {
        Pipeline::new(S::Out::if_sent(InOrder::new(self.layer, stage)), self.chunk)
    }

    /// Ends in a vector.
    #[inline]
    pub fn collect(self) -> Ended<IfKnown<L, InOrder<L, Collect<T, W>>>, Vec<T>, W>
    where
        L: Layer,
    {
        Ended::new(L::if_known(InOrder::new(self.layer, Collect::new())), self.chunk)
    }

    /// Ends in calls of a function.
    #[inline]
    pub fn for_each<F, R, M>(
        self,
        f: F,
        _mode: M,
    ) -> Ended<IfKnown<L, M::IfJudged<InOrder<L, ForEach<T, W, F, R, M>>>>, (), W>
    where
        W: Whole,
        L: Layer,
        F: FnMut(T) -> R + Send,
        M: Judge<R, W, Value = ()>,
    {
        Ended::new(L::if_known(M::if_judged(InOrder::new(self.layer, ForEach::new(f)))), self.chunk)
    }

    /// Ends in one value.
    #[inline]
    pub fn fold<A, F, R, M, N>(
        self,
        init: A,
        f: F,
        _mode: M,
    ) -> Ended<IfSent<A, N, IfKnown<L, M::IfJudged<InOrder<L, Fold<A, T, W, F, R, M>>>>>, A, W>
    where
        W: Whole,
        L: Layer,
        A: Sent<N>,
        F: FnMut(A, T) -> R + Send,
        M: Judge<R, W, Value = A>,
    {
        Ended::new(A::if_sent(L::if_known(M::if_judged(InOrder::new(self.layer, Fold::new(init, f))))), self.chunk)
    }

    /// Ends in the sum of all items.
    #[inline]
    pub fn sum(self) -> Ended<IfKnown<L, InOrder<L, Fold<T, T, W, fn(T, T) -> T, T, Plain>>>, T, W>
    where
        L: Layer,
        T: Sum,
    {
        let end = Fold::new(ends::empty_sum(), ends::add as fn(T, T) -> T);
        Ended::new(L::if_known(InOrder::new(self.layer, end)), self.chunk)
    }

    /// Ends in the number of items.
    #[inline]
    pub fn count(
        self,
    ) -> Ended<IfKnown<L, InOrder<L, Fold<usize, T, W, fn(usize, T) -> usize, usize, Plain>>>, usize, W>
    where
        L: Layer,
    {
        let end = Fold::new(0, (|count, _item| count + 1) as fn(usize, T) -> usize);
        Ended::new(L::if_known(InOrder::new(self.layer, end)), self.chunk)
    }
}

/// A pipeline that can be run, whose value is `A`.
pub struct Ended<C, A, W> {
    chain: C,
    chunk: usize,
    kind: Types<(A, W)>,
}

impl<C, A, W> fmt::Debug for Ended<C, A, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ended").finish_non_exhaustive()
    }
}

impl<C, A, W> Ended<C, A, W> {
    fn new(chain: C, chunk: usize) -> Self {
        Ended { chain, chunk, kind: PhantomData }
    }

    /// Runs it, with at most `IN_FLIGHT` batches between source and end.
    pub fn run<const IN_FLIGHT: usize, M>(self, options: Options, mode: M) -> M::With<A>
    where
        W: Whole,
        C: Chain<Error = W::Error, Value = A>,
        M: Mode<W, Error = W::Error>,
    {
        const { assert!(IN_FLIGHT > 0, "`in_flight` is at least 1: write a larger number, or leave the option out") };
        self.run_within(Some(IN_FLIGHT), options, &mode)
    }

    /// Runs it, with a number of batches between source and end that depends on the number of workers.
    pub fn run_by_default<M>(self, options: Options, mode: M) -> M::With<A>
    where
        W: Whole,
        C: Chain<Error = W::Error, Value = A>,
        M: Mode<W, Error = W::Error>,
    {
        self.run_within(None, options, &mode)
    }

    fn run_within<M>(self, in_flight: Option<usize>, mut options: Options, mode: &M) -> M::With<A>
    where
        W: Whole,
        C: Chain<Error = W::Error, Value = A>,
        M: Mode<W, Error = W::Error>,
    {
        let Ended { mut chain, chunk, .. } = self;
        if options.orders.chunksize != 0 || chunk != 1 {
            options.orders.chunksize = least_common_multiple(options.orders.chunksize.max(1), chunk);
        }
        let options = options.under_orders();
        if let Some(seed) = options.orders.shuffle() {
            chain.shuffle(seed);
        }
        if !W::TRIES {
            // A pipeline that may end early may have an endless source.
            chain.prepare();
        }
        let done = Flow::new(&options, in_flight).run(&chain);
        match done {
            Ok(()) => M::whole(chain.value()),
            Err(stopped) => {
                chain.clear();
                match stopped.without(chain) {
                    Stopped::Panicked(panicked) => panicked.raise(options.site),
                    Stopped::Failed(error) => M::failed(error),
                    Stopped::Cancelled => mode.cancelled().unwrap_or_else(|| raise_cancelled(options.site)),
                }
            }
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
