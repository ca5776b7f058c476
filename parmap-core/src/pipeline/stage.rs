//! What a stage does with an item. It knows of no batch and no worker.
//!
//! A **stage** is a function, the **shape** in which what it returns goes on (as an item, if at all, as several), and a
//! **mode** (whether it may be a failure).

use std::{convert::Infallible, marker::PhantomData, ops::ControlFlow};

use super::fits::{IfSent, Sent};
use crate::{locals::Locals, tried::Tried};

/// Types that something has to do with without having a value of them.
pub(crate) type Types<T> = PhantomData<fn() -> T>;

/// What a pipeline's value is wrapped in: nothing, or what its functions with `try` return, holding `()`.
pub trait Whole {
    /// What ends the pipeline early.
    type Error: Send;
    /// Whether a function may end it.
    const TRIES: bool;
    /// The failure that this is, if it is one.
    fn fails(self) -> ControlFlow<Self::Error>;
}

impl Whole for () {
    type Error = Infallible;
    const TRIES: bool = false;

    #[inline]
    fn fails(self) -> ControlFlow<Infallible> {
        ControlFlow::Continue(self)
    }
}

impl<E: Send> Whole for Result<(), E> {
    type Error = E;
    const TRIES: bool = true;

    #[inline]
    fn fails(self) -> ControlFlow<E> {
        self.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }
}

impl Whole for Option<()> {
    type Error = ();
    const TRIES: bool = true;

    #[inline]
    fn fails(self) -> ControlFlow<()> {
        self.map_or(ControlFlow::Break(()), ControlFlow::Continue)
    }
}

/// The type of the items at some place of a pipeline, and what its value is wrapped in.
pub struct Item<T, W>(Types<(T, W)>);

impl<T, W> Item<T, W> {
    pub(crate) fn new() -> Self {
        Item(PhantomData)
    }
}

impl<T, W> Clone for Item<T, W> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, W> Copy for Item<T, W> {}

impl<T, W> std::fmt::Debug for Item<T, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item")
    }
}

/// How the result `R` of a function is taken in a pipeline whose value is wrapped in `W`.
pub trait Judge<R, W: Whole>: Send + Sync {
    /// What goes on.
    type Value;
    /// `X`, if the result can be taken so.
    type IfJudged<X>;
    /// The same.
    fn if_judged<X>(x: X) -> Self::IfJudged<X>;
    /// Whether the pipeline goes on after this result.
    fn judge(result: R) -> ControlFlow<W::Error, Self::Value>;
}

/// As it is.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl<R, W: Whole> Judge<R, W> for Plain {
    type Value = R;
    type IfJudged<X> = X;

    #[inline]
    fn if_judged<X>(x: X) -> X {
        x
    }

    #[inline]
    fn judge(result: R) -> ControlFlow<W::Error, R> {
        ControlFlow::Continue(result)
    }
}

/// With `try`.
#[derive(Clone, Copy, Debug)]
pub struct Tries;

impl<R, W> Judge<R, W> for Tries
where
    W: Whole,
    R: Tried<With<()>: FailsLike<W>>,
{
    type Value = Self::IfJudged<R::Value>;
    type IfJudged<X> = <R::With<()> as FailsLike<W>>::IfAlike<X>;

    #[inline]
    fn if_judged<X>(x: X) -> Self::IfJudged<X> {
        R::With::<()>::if_alike(x)
    }

    #[inline]
    fn judge(result: R) -> ControlFlow<W::Error, Self::Value> {
        match result.branch() {
            ControlFlow::Continue(value) => ControlFlow::Continue(R::With::<()>::if_alike(value)),
            ControlFlow::Break(error) => {
                R::from_error::<()>(error).fails_like()?;
                unreachable!("a failure is none")
            }
        }
    }
}

/// What fails as a pipeline does whose value is wrapped in `W`: only `W`.
#[diagnostic::on_unimplemented(
    message = "the functions with `try` of a pipeline fail alike: with `{W}`, not with `{Self}`",
    label = "another kind of failure",
    note = "return the same error from all of them, for instance by `map_err`"
)]
pub trait FailsLike<W: Whole> {
    /// `X`.
    type IfAlike<X>;
    /// The same.
    fn if_alike<X>(x: X) -> Self::IfAlike<X>;
    /// The failure that this is, if it is one.
    fn fails_like(self) -> ControlFlow<W::Error>;
}

impl<W: Whole> FailsLike<W> for W {
    type IfAlike<X> = X;

    #[inline]
    fn if_alike<X>(x: X) -> X {
        x
    }

    #[inline]
    fn fails_like(self) -> ControlFlow<W::Error> {
        self.fails()
    }
}

/// How what a function returns goes on.
pub trait Shape<R, M, W: Whole>: Send + Sync {
    /// What the next stage is given.
    type Out;
    /// Whether that is one item for each.
    const ONE_FOR_ONE: bool;
    /// Passes it on.
    fn emit(result: R, sink: &mut impl FnMut(Self::Out) -> ControlFlow<W::Error>) -> ControlFlow<W::Error>;
}

/// As one item.
#[derive(Clone, Copy, Debug)]
pub struct Map;

impl<R, M: Judge<R, W>, W: Whole> Shape<R, M, W> for Map {
    type Out = M::Value;
    const ONE_FOR_ONE: bool = true;

    #[inline]
    fn emit(result: R, sink: &mut impl FnMut(M::Value) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        sink(M::judge(result)?)
    }
}

/// As the item that was looked at, or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Filter;

/// An item, and what a filter said of it.
#[derive(Debug)]
pub struct Looked<R, T>(R, T);

/// What a filter says.
#[diagnostic::on_unimplemented(
    message = "a filter says whether an item stays by a `bool`, not by `{Self}`",
    label = "not a `bool`"
)]
pub trait Answer {
    /// `T`.
    type Looked<T>;
    /// The same.
    fn looked<T>(item: T) -> Self::Looked<T>;
    /// Whether the item stays.
    fn stays(self) -> bool;
}

impl Answer for bool {
    type Looked<T> = T;

    #[inline]
    fn looked<T>(item: T) -> T {
        item
    }

    #[inline]
    fn stays(self) -> bool {
        self
    }
}

impl<R, T, M: Judge<R, W, Value: Answer>, W: Whole> Shape<Looked<R, T>, M, W> for Filter {
    type Out = <M::Value as Answer>::Looked<T>;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn emit(
        Looked(result, item): Looked<R, T>,
        sink: &mut impl FnMut(Self::Out) -> ControlFlow<W::Error>,
    ) -> ControlFlow<W::Error> {
        if M::judge(result)?.stays() { sink(M::Value::looked(item)) } else { ControlFlow::Continue(()) }
    }
}

/// As what an `Option` holds.
#[derive(Clone, Copy, Debug)]
pub struct FilterMap;

/// What a `filter_map` stage returns.
#[diagnostic::on_unimplemented(
    message = "a `filter_map` stage returns an `Option`, not `{Self}`",
    label = "not an `Option`"
)]
pub trait Perhaps {
    /// What it may hold.
    type Value;
    /// What it holds.
    fn value(self) -> Option<Self::Value>;
}

impl<T> Perhaps for Option<T> {
    type Value = T;

    #[inline]
    fn value(self) -> Option<T> {
        self
    }
}

impl<R, V: Perhaps, M: Judge<R, W, Value = V>, W: Whole> Shape<R, M, W> for FilterMap {
    type Out = V::Value;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn emit(result: R, sink: &mut impl FnMut(V::Value) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        match M::judge(result)?.value() {
            Some(value) => sink(value),
            None => ControlFlow::Continue(()),
        }
    }
}

/// As all items of a collection or an iterator.
#[derive(Clone, Copy, Debug)]
pub struct FlatMap;

impl<R, V: IntoIterator, M: Judge<R, W, Value = V>, W: Whole> Shape<R, M, W> for FlatMap {
    type Out = V::Item;
    const ONE_FOR_ONE: bool = false;

    #[inline]
    fn emit(result: R, sink: &mut impl FnMut(V::Item) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        M::judge(result)?.into_iter().try_for_each(sink)
    }
}

/// What is done to the items of a batch, one after another.
pub trait Apply {
    /// What goes in.
    type In;
    /// What comes out.
    type Out;
    /// What ends the pipeline early.
    type Error;
    /// Whether one comes out for each that goes in.
    const ONE_FOR_ONE: bool;
    /// Does one item.
    fn apply(
        &mut self,
        item: Self::In,
        sink: &mut impl FnMut(Self::Out) -> ControlFlow<Self::Error>,
    ) -> ControlFlow<Self::Error>;
}

/// A stage that any number of workers may be in.
pub trait Stage: Sync {
    /// What goes in.
    type In;
    /// What comes out.
    type Out;
    /// What ends the pipeline early.
    type Error;
    /// What a worker keeps from item to item.
    type State;
    /// Whether one comes out for each that goes in.
    const ONE_FOR_ONE: bool;
    /// The state of a worker that has done nothing.
    fn begin(&self) -> Self::State;
    /// Takes the state of a worker that leaves.
    fn leave(&self, state: Self::State);
    /// Does one item.
    fn apply(
        &self,
        state: &mut Self::State,
        item: Self::In,
        sink: &mut impl FnMut(Self::Out) -> ControlFlow<Self::Error>,
    ) -> ControlFlow<Self::Error>;
}

/// A parallel stage of one function.
pub struct Par<T, W, K, S, F, R, H, M> {
    f: F,
    locals: Locals<K, S>,
    types: Types<(T, W, R, H, M)>,
}

impl<T, W, K, S, F, R, H, M> std::fmt::Debug for Par<T, W, K, S, F, R, H, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Par").finish_non_exhaustive()
    }
}

impl<T, W, K, S, F, R, H, M> Par<T, W, K, S, F, R, H, M>
where
    K: Fn() -> S,
{
    fn new(local: K, f: F) -> Self {
        Par { f, locals: Locals::new(local), types: PhantomData }
    }
}

impl<T, W, K, S, F, R, H, M> Stage for Par<T, W, K, S, F, R, H, M>
where
    W: Whole,
    K: Fn() -> S + Sync,
    S: Send,
    F: Fn(&mut S, T) -> R + Sync,
    H: Shape<R, M, W>,
{
    type In = T;
    type Out = H::Out;
    type Error = W::Error;
    /// Made when a worker comes to its first item.
    type State = Option<S>;
    const ONE_FOR_ONE: bool = H::ONE_FOR_ONE;

    #[inline]
    fn begin(&self) -> Option<S> {
        None
    }

    #[inline]
    fn leave(&self, state: Option<S>) {
        if let Some(local) = state {
            self.locals.leave(local);
        }
    }

    #[inline]
    fn apply(
        &self,
        state: &mut Option<S>,
        item: T,
        sink: &mut impl FnMut(H::Out) -> ControlFlow<W::Error>,
    ) -> ControlFlow<W::Error> {
        let local = state.get_or_insert_with(|| self.locals.take());
        H::emit((self.f)(local, item), sink)
    }
}

/// Two parallel stages as one: what comes out of the first goes into the second at once.
#[derive(Debug)]
pub struct Then<A, B>(pub(crate) A, pub(crate) B);

impl<A: Stage, B: Stage<In = A::Out, Error = A::Error>> Stage for Then<A, B> {
    type In = A::In;
    type Out = B::Out;
    type Error = A::Error;
    type State = (A::State, B::State);
    const ONE_FOR_ONE: bool = A::ONE_FOR_ONE && B::ONE_FOR_ONE;

    #[inline]
    fn begin(&self) -> Self::State {
        (self.0.begin(), self.1.begin())
    }

    #[inline]
    fn leave(&self, (first, second): Self::State) {
        self.0.leave(first);
        self.1.leave(second);
    }

    #[inline]
    fn apply(
        &self,
        (first, second): &mut Self::State,
        item: A::In,
        sink: &mut impl FnMut(B::Out) -> ControlFlow<A::Error>,
    ) -> ControlFlow<A::Error> {
        self.0.apply(first, item, &mut |between| self.1.apply(second, between, sink))
    }
}

/// A worker's hold of a parallel stage.
pub(crate) struct Held<'s, S: Stage> {
    pub(crate) stage: &'s S,
    pub(crate) state: S::State,
}

impl<S: Stage> Apply for Held<'_, S> {
    type In = S::In;
    type Out = S::Out;
    type Error = S::Error;
    const ONE_FOR_ONE: bool = S::ONE_FOR_ONE;

    #[inline]
    fn apply(&mut self, item: S::In, sink: &mut impl FnMut(S::Out) -> ControlFlow<S::Error>) -> ControlFlow<S::Error> {
        self.stage.apply(&mut self.state, item, sink)
    }
}

/// A serial stage: a function that does one item at a time, in input order.
pub struct Serial<T, W, F, R, H, M> {
    f: F,
    types: Types<(T, W, R, H, M)>,
}

impl<T, W, F, R, H, M> std::fmt::Debug for Serial<T, W, F, R, H, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Serial").finish_non_exhaustive()
    }
}

impl<T, W, F, R, H, M> Apply for Serial<T, W, F, R, H, M>
where
    W: Whole,
    F: FnMut(T) -> R,
    H: Shape<R, M, W>,
{
    type In = T;
    type Out = H::Out;
    type Error = W::Error;
    const ONE_FOR_ONE: bool = H::ONE_FOR_ONE;

    #[inline]
    fn apply(&mut self, item: T, sink: &mut impl FnMut(H::Out) -> ControlFlow<W::Error>) -> ControlFlow<W::Error> {
        H::emit((self.f)(item), sink)
    }
}

/// A parallel stage whose function is given the item.
#[inline]
#[allow(clippy::type_complexity)] // The types of closures cannot be named shorter.
pub fn takes<T, W, F, R, H, M>(
    _item: Item<T, W>,
    f: F,
    _shape: H,
    _mode: M,
) -> Par<T, W, impl Fn() + Sync, (), impl Fn(&mut (), T) -> R + Sync, R, H, M>
where
    W: Whole,
    F: Fn(T) -> R + Sync,
    H: Shape<R, M, W>,
    M: Judge<R, W>,
{
    Par::new(|| (), move |(): &mut (), item| f(item))
}

/// A parallel stage whose function is given a worker's own state and the item.
#[inline]
#[allow(clippy::type_complexity)] // It says what is known of it, too.
pub fn takes_with<T, W, K, S, F, R, H, M, N>(
    _item: Item<T, W>,
    local: K,
    f: F,
    _shape: H,
    _mode: M,
) -> IfSent<S, N, Par<T, W, K, S, F, R, H, M>>
where
    W: Whole,
    K: Fn() -> S + Sync,
    S: Sent<N>,
    F: Fn(&mut S, T) -> R + Sync,
    H: Shape<R, M, W>,
    M: Judge<R, W>,
{
    S::if_sent(Par::new(local, f))
}

/// A parallel filter.
#[inline]
#[allow(clippy::type_complexity)] // The types of closures cannot be named shorter.
pub fn looks<T, W, F, R, M>(
    _item: Item<T, W>,
    f: F,
    _mode: M,
) -> Par<T, W, impl Fn() + Sync, (), impl Fn(&mut (), T) -> Looked<R, T> + Sync, Looked<R, T>, Filter, M>
where
    W: Whole,
    F: Fn(&T) -> R + Sync,
    M: Judge<R, W, Value: Answer>,
{
    Par::new(|| (), move |(): &mut (), item| Looked(f(&item), item))
}

/// A parallel filter with a worker's own state.
#[inline]
#[allow(clippy::type_complexity)] // As above.
pub fn looks_with<T, W, K, S, F, R, M, N>(
    _item: Item<T, W>,
    local: K,
    f: F,
    _mode: M,
) -> IfSent<S, N, Par<T, W, K, S, impl Fn(&mut S, T) -> Looked<R, T> + Sync, Looked<R, T>, Filter, M>>
where
    W: Whole,
    K: Fn() -> S + Sync,
    S: Sent<N>,
    F: Fn(&mut S, &T) -> R + Sync,
    M: Judge<R, W, Value: Answer>,
{
    S::if_sent(Par::new(local, move |local: &mut S, item| Looked(f(local, &item), item)))
}

/// A serial stage whose function is given the item.
#[inline]
pub fn serial_takes<T, W, F, R, H, M>(_item: Item<T, W>, f: F, _shape: H, _mode: M) -> Serial<T, W, F, R, H, M>
where
    W: Whole,
    F: FnMut(T) -> R + Send,
    H: Shape<R, M, W>,
    M: Judge<R, W>,
{
    Serial { f, types: PhantomData }
}

/// A serial filter.
#[inline]
#[allow(clippy::type_complexity)] // As above.
pub fn serial_looks<T, W, F, R, M>(
    _item: Item<T, W>,
    mut f: F,
    _mode: M,
) -> Serial<T, W, impl FnMut(T) -> Looked<R, T> + Send, Looked<R, T>, Filter, M>
where
    W: Whole,
    F: FnMut(&T) -> R + Send,
    M: Judge<R, W, Value: Answer>,
{
    Serial { f: move |item| Looked(f(&item), item), types: PhantomData }
}
