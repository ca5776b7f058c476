//! `indexed(parallel_iterator)`: the items of a rayon iterator that knows its length, cut up as parmap decides.
//!
//! The only place where rayon's types are part of parmap's interface.

use std::{marker::PhantomData, ops::ControlFlow};

use rayon::{
    iter::{
        IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, Zip,
        plumbing::{Producer, ProducerCallback},
    },
    slice,
};

use crate::{
    OneOrMany, call,
    drive::Drive,
    failure::Stopped,
    infer::Many,
    pace::Pace,
    site::Options,
    slots::{Integers, SlotRun, Slots},
    supply::Supply,
    sync::whole::Mutex,
    work::{Feed, Role, Run, Work},
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
    type Output<One, Many> = Many;

    fn __parmap_drive<D: Drive<T>>(self, drive: D) -> D::Many {
        drive.many(self)
    }
}

#[diagnostic::do_not_recommend]
impl<I: IndexedParallelIterator<Item = T>, T: Send> Many<T> for Indexed<I, T> {
    fn __parmap_many<D: Drive<T>>(self, drive: D) -> D::Many {
        drive.many(self)
    }
}

impl<I: IndexedParallelIterator<Item = T>, T: Send> Supply for Indexed<I, T> {
    type Item = T;
    type Onto<'p, V: Send + 'p> = Indexed<Zip<I, slice::IterMut<'p, V>>, (T, &'p mut V)>;

    fn len(&self) -> Option<usize> {
        Some(self.iterator.len())
    }

    fn run<W: Work<T>>(self, options: &Options, work: &W) -> Result<Vec<W::Cell>, Stopped<W::Error>> {
        let len = self.iterator.len();
        self.iterator.with_producer(Calling { len, options, work })
    }

    fn onto<V: Send>(self, places: &mut [V]) -> Self::Onto<'_, V> {
        Indexed { iterator: self.iterator.zip(places.par_iter_mut()), items: PhantomData }
    }
}

/// What is done with the producer that a rayon iterator turns into.
struct Calling<'c, W> {
    len: usize,
    options: &'c Options,
    work: &'c W,
}

impl<T: Send, W: Work<T>> ProducerCallback<T> for Calling<'_, W> {
    type Output = Result<Vec<W::Cell>, Stopped<W::Error>>;

    fn callback<P: Producer<Item = T>>(self, producer: P) -> Self::Output {
        let Calling { len, options, work } = self;
        let produced = Produced { slots: Slots::new(Integers::from(0..len)), producer: Mutex::new(Some(producer)) };
        match call::run(&produced, options, Pace::guess(options.site.item_ns()), work, work.begin()) {
            Ok(()) => Ok(produced.slots.finish().expect("a call that did not end early has mapped every item")),
            Err(stopped) => Err(stopped.without(produced)),
        }
    }
}

/// A producer under a lock, cut at the front as runs are claimed, and the slots for the results.
struct Produced<P, C> {
    slots: Slots<Integers<usize>, C>,
    producer: Mutex<Option<P>>,
}

impl<P: Producer, C: Send> Feed for Produced<P, C>
where
    P::Item: Send,
{
    type Item = P::Item;
    type Cell = C;
    type Run<'f>
        = ProducedRun<'f, P, C>
    where
        Self: 'f;
    const PULLED: bool = false;
    const TAKES_BACK: bool = false;

    fn handed_out(&self) -> usize {
        self.slots.claimed()
    }

    fn may_have_more(&self) -> bool {
        self.slots.remaining() > 0
    }

    fn remaining(&self) -> (usize, Option<usize>) {
        let remaining = self.slots.remaining();
        (remaining, Some(remaining))
    }

    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<ProducedRun<'_, P, C>> {
        let mut producer = role.lock(&self.producer)?;
        // Claimed and cut under one lock, so that the run's slots and its items are the same.
        let run = self.slots.claim(size)?;
        let (items, rest) = producer.take()?.split_at(run.len());
        *producer = Some(rest);
        Some(ProducedRun { slots: run, items: Some(items) })
    }
}

/// Some consecutive slots and the producer of their items.
struct ProducedRun<'f, P, C> {
    slots: SlotRun<'f, Integers<usize>, C>,
    items: Option<P>,
}

impl<P: Producer, C: Send> Run for ProducedRun<'_, P, C> {
    type Item = P::Item;
    type Cell = C;

    fn index(&self) -> usize {
        self.slots.index()
    }

    fn len(&self) -> usize {
        self.slots.len()
    }

    fn map<B>(&mut self, count: usize, mut each: impl FnMut(usize, P::Item) -> ControlFlow<B, C>) -> ControlFlow<B> {
        let Some(mut items) = self.items.take() else { return ControlFlow::Continue(()) };
        if count < self.slots.len() {
            let (first, rest) = items.split_at(count);
            (items, self.items) = (first, Some(rest));
        }
        let mut items = items.into_iter();
        self.slots.map(count, |index, _| each(index, items.next().expect("a producer has as many items as it says")))
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
