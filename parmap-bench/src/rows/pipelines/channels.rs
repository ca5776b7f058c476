//! What an expert writes by hand: threads and crossbeam's channels, with the results put back in order.

use std::{
    collections::VecDeque,
    iter, num,
    thread::{self, Scope},
};

use crossbeam_channel::{Receiver, bounded};

/// A parallel stage: a thread that feeds, as many workers as there are cores, and their results in the order of the
/// source. In each channel at most `waiting` of them wait.
pub(crate) fn stage<'s, A, B>(
    scope: &'s Scope<'s, '_>,
    source: impl Iterator<Item = A> + Send + 's,
    work: impl Fn(A) -> B + Copy + Send + 's,
    waiting: usize,
) -> impl Iterator<Item = B> + Send + 's
where
    A: Send + 's,
    B: Send + 's,
{
    let (feed, fed) = bounded(waiting);
    let (give, given) = bounded(waiting);
    scope.spawn(move || source.enumerate().for_each(|item| feed.send(item).expect("the workers stay until the end")));
    for _ in 0..thread::available_parallelism().map_or(1, num::NonZero::get) {
        let (fed, give) = (fed.clone(), give.clone());
        scope.spawn(move || fed.iter().for_each(|(n, item)| give.send((n, work(item))).expect("the end stays")));
    }
    in_order(given)
}

/// What is received, by its numbers.
fn in_order<B>(given: Receiver<(usize, B)>) -> impl Iterator<Item = B> {
    let mut next = 0;
    // What came early; the first place is that of number `next`.
    let mut early = VecDeque::<Option<B>>::new();
    iter::from_fn(move || {
        loop {
            if matches!(early.front(), Some(Some(_))) {
                next += 1;
                return early.pop_front().flatten();
            }
            let (n, item) = given.recv().ok()?;
            let place = n - next;
            if place >= early.len() {
                early.resize_with(place + 1, || None);
            }
            early[place] = Some(item);
        }
    })
}

/// The items of a source, so many at a time.
pub(crate) fn in_batches<A>(mut source: impl Iterator<Item = A>, batch: usize) -> impl Iterator<Item = Vec<A>> {
    iter::from_fn(move || {
        let items: Vec<A> = source.by_ref().take(batch).collect();
        (!items.is_empty()).then_some(items)
    })
}
