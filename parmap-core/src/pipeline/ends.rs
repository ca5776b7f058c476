//! Ends: what becomes of the items that come out of the last stage, one after another in input order.

use std::{convert::Infallible, iter::Sum, marker::PhantomData, ops::ControlFlow};

use super::stage::{Apply, Judge, Types, Whole};

/// What items become in the end.
pub trait End: Apply<Out = Infallible> + Send {
    /// What the pipeline gives.
    type Value;
    /// Makes room for at least so many items.
    fn expect(&mut self, _least: usize) {}
    /// It, after the last item.
    fn value(self) -> Self::Value;
}

/// `collect()`.
#[derive(Debug)]
pub struct Collect<T, W> {
    items: Vec<T>,
    kind: Types<W>,
}

impl<T, W> Collect<T, W> {
    pub(crate) fn new() -> Self {
        Collect { items: Vec::new(), kind: PhantomData }
    }
}

impl<T, W: Whole> Apply for Collect<T, W> {
    type In = T;
    type Out = Infallible;
    type Error = W::Error;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn apply(&mut self, item: T, _sink: &mut impl FnMut(Infallible) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        self.items.push(item);
        ControlFlow::Continue(())
    }
}

impl<T: Send, W: Whole> End for Collect<T, W> {
    type Value = Vec<T>;

    fn expect(&mut self, least: usize) {
        // Only to save time: if there is not so much room, that is found out as it is needed.
        let _ = self.items.try_reserve(least);
    }

    fn value(self) -> Vec<T> {
        self.items
    }
}

/// `for_each(f)`.
pub struct ForEach<T, W, F, R, M> {
    f: F,
    types: Types<(T, W, R, M)>,
}

impl<T, W, F, R, M> ForEach<T, W, F, R, M> {
    pub(crate) fn new(f: F) -> Self {
        ForEach { f, types: PhantomData }
    }
}

impl<T, W, F, R, M> Apply for ForEach<T, W, F, R, M>
where
    W: Whole,
    F: FnMut(T) -> R,
    M: Judge<R, W, Value = ()>,
{
    type In = T;
    type Out = Infallible;
    type Error = W::Error;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn apply(&mut self, item: T, _sink: &mut impl FnMut(Infallible) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        M::judge((self.f)(item))
    }
}

impl<T, W, F, R, M> End for ForEach<T, W, F, R, M>
where
    W: Whole,
    F: FnMut(T) -> R + Send,
    M: Judge<R, W, Value = ()>,
{
    type Value = ();

    fn value(self) {}
}

/// `fold(init, f)`, and what can be said as one.
pub struct Fold<A, T, W, F, R, M> {
    /// `None` only while `f` runs, and so after it unwound or failed.
    folded: Option<A>,
    f: F,
    types: Types<(T, W, R, M)>,
}

impl<A, T, W, F, R, M> Fold<A, T, W, F, R, M> {
    pub(crate) fn new(init: A, f: F) -> Self {
        Fold { folded: Some(init), f, types: PhantomData }
    }
}

impl<A, T, W, F, R, M> Apply for Fold<A, T, W, F, R, M>
where
    W: Whole,
    F: FnMut(A, T) -> R,
    M: Judge<R, W, Value = A>,
{
    type In = T;
    type Out = Infallible;
    type Error = W::Error;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn apply(&mut self, item: T, _sink: &mut impl FnMut(Infallible) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        if let Some(folded) = self.folded.take() {
            self.folded = Some(M::judge((self.f)(folded, item))?);
        }
        ControlFlow::Continue(())
    }
}

impl<A, T, W, F, R, M> End for Fold<A, T, W, F, R, M>
where
    A: Send,
    W: Whole,
    F: FnMut(A, T) -> R + Send,
    M: Judge<R, W, Value = A>,
{
    type Value = A;

    fn value(self) -> A {
        self.folded.expect("a pipeline that did not end early has folded every item")
    }
}

/// What [`Iterator::sum`] gives, one item at a time.
pub(crate) fn empty_sum<T: Sum>() -> T {
    std::iter::empty().sum()
}

/// The sum of what was added so far and one more: the bits of the plain loop, as the sum of two values that starts from a
/// zero is their sum.
pub(crate) fn add<T: Sum>(sum: T, item: T) -> T {
    [sum, item].into_iter().sum()
}
