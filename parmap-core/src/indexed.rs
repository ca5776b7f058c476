//! `indexed(parallel_iterator)`: the items of a rayon iterator that knows its length, cut up as parmap decides.
//!
//! The only place where rayon's types are part of parmap's interface.

use std::{marker::PhantomData, sync::Mutex};

use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator,
    plumbing::{Producer, ProducerCallback},
};

use crate::{
    OneOrMany,
    call::{self, Feed, Role, Run},
    schedule::Pace,
    site::Options,
    slots::{SlotRun, Slots},
    sources::Integers,
};

/// The items of a rayon iterator, as a collection that an annotated function takes. Made by [`indexed`].
#[derive(Clone, Debug)]
pub struct Indexed<I, T> {
    iterator: I,
    items: PhantomData<fn() -> T>,
}

/// Brings in any of rayon's indexed parallel iterators, and with it the collections of crates that support rayon.
///
/// What the iterator does to its items (`zip`, `enumerate`, `map`) is done where the function is; rayon's own settings
/// such as `with_min_len` have no effect, since parmap decides who takes what.
///
/// ```
/// use parmap::{indexed, parmap};
/// use rayon::prelude::*;
///
/// #[parmap]
/// fn scaled((x, weight): (&f64, &f64)) -> f64 {
///     x * weight
/// }
///
/// let (xs, weights) = (vec![1.0, 2.0, 3.0], vec![0.5, 0.25, 2.0]);
/// assert_eq!(scaled(indexed(xs.par_iter().zip(&weights))), [0.5, 0.5, 6.0]);
/// ```
pub fn indexed<I: IntoParallelIterator>(items: I) -> Indexed<I::Iter, I::Item>
where
    I::Iter: IndexedParallelIterator,
{
    Indexed { iterator: items.into_par_iter(), items: PhantomData }
}

#[diagnostic::do_not_recommend]
impl<I: IndexedParallelIterator<Item = T>, T: Send> OneOrMany<T> for Indexed<I, T> {
    type Output<R> = Vec<R>;

    fn __parmap_drive<R, O, F>(self, options: O, body: F) -> Vec<R>
    where
        R: Send,
        O: FnOnce() -> Options,
        F: Fn(T) -> R + Sync,
    {
        let len = self.iterator.len();
        self.iterator.with_producer(Mapping { len, options: options(), body })
    }
}

/// What is done with the producer that a rayon iterator turns into.
struct Mapping<F> {
    len: usize,
    options: Options,
    body: F,
}

impl<T: Send, R: Send, F: Fn(T) -> R + Sync> ProducerCallback<T> for Mapping<F> {
    type Output = Vec<R>;

    fn callback<P: Producer<Item = T>>(self, producer: P) -> Vec<R> {
        let Mapping { len, options, body } = self;
        let produced = Produced { slots: Slots::new(Integers::from(0..len)), producer: Mutex::new(Some(producer)) };
        match call::run(&produced, &options, Pace::guess(options.site.item_ns()), &body) {
            Ok(()) => produced.slots.finish().expect("a call that did not fail has mapped every item"),
            Err(failed) => failed.raise(options.site, produced),
        }
    }
}

/// A producer under a lock, cut at the front as runs are claimed, and the slots for the results.
struct Produced<P, R> {
    slots: Slots<Integers<usize>, R>,
    producer: Mutex<Option<P>>,
}

impl<P: Producer, R: Send> Feed for Produced<P, R>
where
    P::Item: Send,
{
    type Item = P::Item;
    type Result = R;
    type Run<'f>
        = ProducedRun<'f, P, R>
    where
        Self: 'f;
    const PULLED: bool = false;

    fn remaining(&self) -> (usize, Option<usize>) {
        let remaining = self.slots.remaining();
        (remaining, Some(remaining))
    }

    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<ProducedRun<'_, P, R>> {
        let mut producer = role.lock(&self.producer)?;
        // Claimed and cut under one lock, so that the run's slots and its items are the same.
        let run = self.slots.claim(size)?;
        let (items, rest) = producer.take()?.split_at(run.len());
        *producer = Some(rest);
        Some(ProducedRun { slots: run, items: Some(items) })
    }
}

/// Some consecutive slots and the producer of their items.
struct ProducedRun<'f, P, R> {
    slots: SlotRun<'f, Integers<usize>, R>,
    items: Option<P>,
}

impl<P: Producer, R: Send> Run for ProducedRun<'_, P, R> {
    type Item = P::Item;
    type Result = R;

    fn index(&self) -> usize {
        self.slots.index()
    }

    fn len(&self) -> usize {
        self.slots.len()
    }

    fn map(&mut self, count: usize, body: impl Fn(P::Item) -> R) {
        let Some(mut items) = self.items.take() else { return };
        if count < self.slots.len() {
            let (first, rest) = items.split_at(count);
            (items, self.items) = (first, Some(rest));
        }
        let mut items = items.into_iter();
        self.slots.map(count, |_| body(items.next().expect("a producer has as many items as it says")));
    }

    fn put_back(&mut self, _count: usize) -> bool {
        false
    }

    fn split_off(&mut self, count: usize) -> Self {
        let slots = self.slots.split_off(count);
        let items = self.items.take().map(|items| items.split_at(self.slots.len()));
        let (first, rest) = items.unzip();
        self.items = first;
        ProducedRun { slots, items: rest }
    }
}
