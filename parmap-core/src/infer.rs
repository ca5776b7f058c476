//! What `par_map!` asks of types, where an annotated function's signature would tell.
//!
//! One of the questions, which items a function takes, has three answers of which the first that fits holds. It is asked
//! as `(&&&question).answer()` with three traits in scope: the compiler comes first to the one that is implemented for
//! most references, and goes on to the next where that is not implemented.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    marker::PhantomData,
    ops::{ControlFlow, Range, RangeInclusive},
    slice,
};

use crate::{Each, Sections, drive::Drive, end::End, failure::Failure, tried::Tried, work::Run};

/// A collection, with the items that it has by itself: what a closure is given whose parameter has no type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection that parmap knows",
    label = "not a collection",
    note = "an iterator is passed as `parmap::each(iterator)`"
)]
pub trait Collection: Sized {
    /// What it holds, moved or lent as the collection is.
    type Item;
    /// The collection. Of what is no collection this is unknown, and so nothing more is said about it.
    type This;
    /// The collection.
    fn this(self) -> Self::This;
}

macro_rules! collections {
    ($([$($generics:tt)*] $this:ty => $item:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Collection for $this {
            type Item = $item;
            type This = Self;

            #[inline]
            fn this(self) -> Self {
                self
            }
        }
    )*};
}

collections! {
    [T] Vec<T> => T;
    [T, const N: usize] [T; N] => T;
    [T] Box<[T]> => T;
    [T] VecDeque<T> => T;
    ['a, T] &'a [T] => &'a T;
    ['a, T, const N: usize] &'a [T; N] => &'a T;
    ['a, T] &'a Vec<T> => &'a T;
    ['a, T] &'a VecDeque<T> => &'a T;
    ['a, T] &'a mut [T] => &'a mut T;
    ['a, T, const N: usize] &'a mut [T; N] => &'a mut T;
    ['a, T] &'a mut Vec<T> => &'a mut T;
    ['a, T] &'a mut VecDeque<T> => &'a mut T;
    ['a, T] slice::Chunks<'a, T> => &'a [T];
    ['a, T] slice::ChunksExact<'a, T> => &'a [T];
    ['a, T] slice::RChunks<'a, T> => &'a [T];
    ['a, T] slice::Windows<'a, T> => &'a [T];
    ['a, T] slice::ChunksMut<'a, T> => &'a mut [T];
    ['a, T] slice::ChunksExactMut<'a, T> => &'a mut [T];
    ['a, K, V, S] &'a HashMap<K, V, S> => (&'a K, &'a V);
    ['a, K, V, S] &'a mut HashMap<K, V, S> => (&'a K, &'a mut V);
    ['a, K, V] &'a BTreeMap<K, V> => (&'a K, &'a V);
    ['a, K, V] &'a mut BTreeMap<K, V> => (&'a K, &'a mut V);
    ['a, T, S] &'a HashSet<T, S> => &'a T;
    ['a, T] &'a BTreeSet<T> => &'a T;
    [] Sections => Range<usize>;
    // One implementation for all integers, so that a literal's type is still to be inferred.
    [T] Range<T> => T;
    [T] RangeInclusive<T> => T;
    [I, T] Each<I, T> => T;
}

#[cfg(feature = "rayon")]
#[diagnostic::do_not_recommend]
impl<I, T> Collection for crate::Indexed<I, T> {
    type Item = T;
    type This = Self;

    fn this(self) -> Self {
        self
    }
}

/// A collection of `T`s: what `par_map!` takes.
///
/// Unlike [`OneOrMany`](crate::OneOrMany) it is not implemented for one item: so what is no collection is an error, and
/// not an item of an unknown type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection of `{T}`",
    label = "not a collection of `{T}`",
    note = "an iterator is passed as `parmap::each(iterator)`"
)]
pub trait Many<T>: Sized {
    /// Drives a function over all items.
    fn __parmap_many<D: Drive<T>>(self, drive: D) -> D::Many
    where
        T: Send;
}

/// The type of a call's items.
#[derive(Debug)]
pub struct Hint<T>(PhantomData<fn() -> T>);

/// Some item type, to be inferred from the function.
#[must_use]
pub fn any<T>() -> Hint<T> {
    Hint(PhantomData)
}

/// The collection, and the item type that it has by itself.
#[inline]
pub fn natural<S: Collection>(items: S) -> (S::This, Hint<S::Item>) {
    (items.this(), Hint(PhantomData))
}

/// Asks what items a function takes that is given `EXTRAS` more arguments.
#[derive(Debug)]
pub struct Candidate<S, F, const EXTRAS: usize>(PhantomData<fn() -> (S, F)>);

/// Asks what items of `items` the function `f` takes.
#[must_use]
pub fn candidate<S, F, const EXTRAS: usize>(_items: &S, _f: &F) -> Candidate<S, F, EXTRAS> {
    Candidate(PhantomData)
}

/// Where a function takes the collection's own items, and `A` with them.
pub trait PrefersNatural<A> {
    /// The items' type.
    type Item;
    /// Their type, for the call.
    fn __parmap_item(&self) -> Hint<Self::Item>;
}

/// Where it takes what the collection's items refer to.
pub trait PrefersCloned<A> {
    /// The items' type.
    type Item;
    /// Their type, for the call.
    fn __parmap_item(&self) -> Hint<Self::Item>;
}

/// Where it takes neither: the function tells what it takes.
pub trait InfersItem {
    /// The items' type, for the call.
    fn __parmap_item<T>(&self) -> Hint<T>;
}

/// What else a function takes is not looked at, as it may be coerced to that.
macro_rules! candidates {
    ($([$extras:literal $($argument:ident)*])*) => {$(
        impl<S: Collection, F, R $(, $argument)*> PrefersNatural<($($argument,)*)> for &&Candidate<S, F, $extras>
        where
            F: Fn(S::Item $(, $argument)*) -> R,
        {
            type Item = S::Item;

            fn __parmap_item(&self) -> Hint<S::Item> {
                Hint(PhantomData)
            }
        }

        impl<'a, S, T, F, R $(, $argument)*> PrefersCloned<($($argument,)*)> for &Candidate<S, F, $extras>
        where
            S: Collection<Item = &'a T>,
            T: Clone + 'a,
            F: Fn(T $(, $argument)*) -> R,
        {
            type Item = T;

            fn __parmap_item(&self) -> Hint<T> {
                Hint(PhantomData)
            }
        }
    )*};
}
candidates! {
    [0] [1 A] [2 A B] [3 A B C] [4 A B C D] [5 A B C D E] [6 A B C D E G] [7 A B C D E G H] [8 A B C D E G H I]
}

impl<S, F, const EXTRAS: usize> InfersItem for Candidate<S, F, EXTRAS> {
    fn __parmap_item<T>(&self) -> Hint<T> {
        Hint(PhantomData)
    }
}

/// The body as it is; so its parameters have types.
#[inline]
pub fn body<T, L, R, K: FnOnce() -> L, F: Fn(&mut L, usize, T) -> R>(_item: &Hint<T>, _local: &K, body: F) -> F {
    body
}

/// Results in a vector, or nothing if there are none.
///
/// `N` is the type of an integer literal in the expansion, and says which. Results that are something leave one
/// implementation of [`Settles`] to choose from, and so does a call whose value is used as one or the other; where
/// nothing but `()` is known of the results, the literal is an `i32`, as integer literals are. Other than by asking the
/// results' type, this can be told before that type is inferred: it may come from the use of the call's value.
#[derive(Debug)]
pub struct Settled<N, O>(PhantomData<fn() -> (N, O)>);

/// Results in a vector, or nothing if there are none; `which` is `0`.
#[must_use]
pub fn settle<N, O>(_which: N) -> Settled<N, O> {
    Settled(PhantomData)
}

/// What comes of results of type `V`: `O`.
#[diagnostic::on_unimplemented(
    message = "results of type `{V}` do not become `{O}`",
    label = "results of type `{V}`",
    note = "results become a `Vec`; where their type is not known, write it: `let results: Vec<..> = par_map!(..)`"
)]
pub trait Settles<V, O> {
    /// Makes it.
    fn settle(results: Vec<V>) -> O;
}

impl Settles<(), ()> for i32 {
    fn settle(_results: Vec<()>) {}
}

/// For a function that never returns: what it returns is `()` up to edition 2021, and `!` from 2024 on.
impl Settles<Never, ()> for i32 {
    fn settle(_results: Vec<Never>) {}
}

/// The type `!`, by a name that it has in stable Rust.
type Never = <fn() -> ! as Returns>::Result;

/// The type that a function returns.
pub trait Returns {
    /// It.
    type Result;
}

impl<R> Returns for fn() -> R {
    type Result = R;
}

impl<V> Settles<V, Vec<V>> for u8 {
    fn settle(results: Vec<V>) -> Vec<V> {
        results
    }
}

impl<V: Send, N: Settles<V, O>, O> End<V> for Settled<N, O> {
    type Output = O;
    type Cell = V;
    type Part = ();
    const KEEPS: bool = true;

    #[inline]
    fn map<T, X, R: Run<Item = T, Cell = V>>(
        &self,
        (): &mut (),
        run: &mut R,
        count: usize,
        _failure: &Failure<X>,
        each: impl FnMut(usize, T) -> ControlFlow<X, V>,
    ) -> ControlFlow<X> {
        run.map(count, each)
    }

    fn output(self, cells: Vec<V>) -> O {
        N::settle(cells)
    }
}

/// The type of what is reduced or folded.
#[derive(Debug)]
pub struct Values<V>(PhantomData<fn() -> V>);

/// Values of the type that is written.
#[must_use]
pub fn values<V>() -> Values<V> {
    Values(PhantomData)
}

/// What a body returns.
#[must_use]
pub fn plain_values<T, L, R, F: Fn(&mut L, usize, T) -> R>(_body: &F) -> Values<R> {
    Values(PhantomData)
}

/// What the successes that a body returns hold.
#[must_use]
pub fn tried_values<T, L, R: Tried, F: Fn(&mut L, usize, T) -> R>(_body: &F) -> Values<R::Value> {
    Values(PhantomData)
}

/// What all calls of a function can be given.
#[diagnostic::on_unimplemented(
    message = "all items share a global, so `{Self}` cannot be moved into one call",
    label = "moved, not borrowed",
    note = "write `global = &..`"
)]
pub trait Shared: Copy {}

#[diagnostic::do_not_recommend]
impl<T: Copy> Shared for T {}

/// A global.
#[inline]
pub fn shared<G: Shared + Sync>(global: G) -> G {
    global
}
