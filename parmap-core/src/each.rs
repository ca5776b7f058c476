//! `each(iterator)`: items that can only be pulled one after another, and whose number nobody knows.
//!
//! Workers pull a run of items at a time under a lock, map it without, and keep its results with its index; the call
//! puts them together in the end. While the caller is alone it pulls, maps and pushes item by item, as a loop would.

use std::{
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
    vec,
};

use crate::{
    OneOrMany,
    call::{self, Feed, Role, Run, try_lock},
    failure::{Failed, Payload},
    schedule::{Pace, Plan, nanoseconds},
    scoped_pool,
    site::Options,
};

/// An iterator's items, as a collection that an annotated function takes. Made by [`each`].
#[derive(Clone, Debug)]
pub struct Each<I, T> {
    iterator: I,
    items: PhantomData<fn() -> T>,
}

/// Brings any iterator in: its items are what the function is mapped over, as they come.
///
/// The iterator is pulled in order, by one worker at a time and never further ahead than the workers' runs; so a slow
/// source overlaps with the work on what it has yielded. How many items there will be is not known, so the results are
/// moved once, into the `Vec` that is returned.
///
/// ```
/// use std::io::{BufRead, Cursor};
/// use parmap::{each, parmap};
///
/// #[parmap(global = word)]
/// fn count(line: String, word: &str) -> usize {
///     line.split_whitespace().filter(|&found| found == word).count()
/// }
///
/// let text = Cursor::new("to be or\nnot to be");
/// let lines = text.lines().map(Result::unwrap);
/// assert_eq!(count(each(lines), "be"), [1, 1]);
/// ```
///
/// # Panics
///
/// The call panics if the iterator does, after the items before that are done: it counts as the failure of the item that
/// would have come next.
pub fn each<I: IntoIterator>(items: I) -> Each<I::IntoIter, I::Item>
where
    I::IntoIter: Send,
{
    Each { iterator: items.into_iter(), items: PhantomData }
}

#[diagnostic::do_not_recommend]
impl<I: Iterator<Item = T> + Send, T: Send> OneOrMany<T> for Each<I, T> {
    type Output<R> = Vec<R>;

    fn __parmap_drive<R, O, F>(mut self, options: O, body: F) -> Vec<R>
    where
        R: Send,
        O: FnOnce() -> Options,
        F: Fn(T) -> R + Sync,
    {
        let options = options();
        let mut made = Vec::with_capacity(self.iterator.size_hint().0);
        let pace = match map_alone(&mut self.iterator, &mut made, &options, &body) {
            Ok(Some(pace)) => pace,
            Ok(None) => return made,
            Err(payload) => Failed { index: made.len(), payload }.raise(options.site, made),
        };
        let pulled = Pulled {
            source: Mutex::new(Pulling { iterator: self.iterator, index: made.len(), ended: false }),
            pulled: AtomicUsize::new(made.len()),
            results: Mutex::new(Vec::new()),
        };
        match call::run(&pulled, &options, pace, &body) {
            Ok(()) => pulled.append_to(made),
            Err(failed) => failed.raise(options.site, (made, pulled)),
        }
    }
}

/// The plain loop, for as long as a caller alone may be enough: until it ends, or with what it saw of the items until
/// others may be worth asking.
fn map_alone<T, R>(
    iterator: &mut impl Iterator<Item = T>,
    made: &mut Vec<R>,
    options: &Options,
    body: impl Fn(T) -> R,
) -> Result<Option<Pace>, Payload> {
    let most = iterator.size_hint().1;
    let threads = scoped_pool::threads(options.processes);
    let mut pace = Pace::guess(options.site.item_ns());
    let plan = Plan::new(most.unwrap_or(usize::MAX), options.chunksize, threads, pace.item_ns());
    if !plan.is_alone() && most.is_some_and(|most| plan.asks_first(most, || 0.0)) {
        return Ok(Some(pace));
    }
    let mut last = (!plan.is_alone()).then(Instant::now);
    loop {
        let (before, block) = (made.len(), if plan.is_alone() { usize::MAX } else { pace.probe() });
        let block_done = catch_unwind(AssertUnwindSafe(|| made.extend(iterator.by_ref().take(block).map(&body))));
        block_done?;
        let done = made.len() - before;
        if let Some(last) = &mut last {
            let now = Instant::now();
            pace.record(done, nanoseconds(now.duration_since(*last)));
            *last = now;
        }
        if done < block {
            options.site.learn(pace.items(), pace.ns());
            return Ok(None);
        }
        // At the price of the cheapest helper; the call asks again at the real one.
        let rest = iterator.size_hint().0.max(pace.items());
        if plan.is_worth_asking(rest, &pace, || 0.0) {
            return Ok(Some(pace));
        }
    }
}

/// An iterator under a lock, and the results so far.
struct Pulled<I, R> {
    source: Mutex<Pulling<I>>,
    /// How many items were pulled, for those who cannot wait for the lock. `Relaxed`: a guess.
    pulled: AtomicUsize,
    /// The results of finished runs, each with the index of its first.
    results: Mutex<Vec<(usize, Vec<R>)>>,
}

struct Pulling<I> {
    iterator: I,
    /// The index of the item that comes next.
    index: usize,
    /// After its end, or its panic, the iterator is left alone.
    ended: bool,
}

impl<I, R> Pulled<I, R> {
    /// Puts the results behind those that were made before.
    fn append_to(self, mut made: Vec<R>) -> Vec<R> {
        let mut pieces = self.results.into_inner().unwrap_or_else(PoisonError::into_inner);
        pieces.sort_unstable_by_key(|(index, _)| *index);
        made.reserve_exact(pieces.iter().map(|(_, piece)| piece.len()).sum());
        for (_, mut piece) in pieces {
            made.append(&mut piece);
        }
        made
    }
}

impl<I: Iterator + Send, R: Send> Feed for Pulled<I, R>
where
    I::Item: Send,
{
    type Item = I::Item;
    type Result = R;
    type Run<'f>
        = PulledRun<'f, I::Item, R>
    where
        Self: 'f;
    const PULLED: bool = true;

    fn remaining(&self) -> (usize, Option<usize>) {
        // Of an iterator that does not say, as much is expected as there was.
        let pulled = self.pulled.load(Ordering::Relaxed);
        match try_lock(&self.source) {
            Some(source) if source.ended => (0, Some(0)),
            Some(source) => {
                let (least, most) = source.iterator.size_hint();
                (most.unwrap_or(usize::MAX).min(least.max(pulled)), most)
            }
            None => (pulled, None),
        }
    }

    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<PulledRun<'_, I::Item, R>> {
        let mut source = role.lock(&self.source)?;
        if source.ended {
            return None;
        }
        let size = size(source.iterator.size_hint().1.unwrap_or(usize::MAX)).max(1);
        let mut items = Vec::new();
        let pulled = catch_unwind(AssertUnwindSafe(|| items.extend(source.iterator.by_ref().take(size))));
        let (start, failed) = (source.index, pulled.err());
        source.index += items.len();
        self.pulled.store(source.index, Ordering::Relaxed);
        source.ended = items.len() < size;
        if items.is_empty() && failed.is_none() {
            return None;
        }
        let (results, made) = (&self.results, Vec::with_capacity(items.len()));
        Some(PulledRun { results, start, items: items.into_iter(), failed, made })
    }
}

/// Some consecutive items that were pulled.
struct PulledRun<'f, T, R> {
    results: &'f Mutex<Vec<(usize, Vec<R>)>>,
    start: usize,
    items: vec::IntoIter<T>,
    /// The panic that the iterator ended with, in place of an item behind the others.
    failed: Option<Payload>,
    made: Vec<R>,
}

impl<T, R> Run for PulledRun<'_, T, R> {
    type Item = T;
    type Result = R;

    fn index(&self) -> usize {
        self.start + self.made.len()
    }

    fn len(&self) -> usize {
        self.items.len() + usize::from(self.failed.is_some())
    }

    fn map(&mut self, count: usize, body: impl Fn(T) -> R) {
        let items = self.items.len();
        self.made.extend(self.items.by_ref().take(count).map(body));
        if let Some(payload) = self.failed.take_if(|_| count > items) {
            resume_unwind(payload);
        }
    }

    fn put_back(&mut self, _count: usize) -> bool {
        false
    }

    fn split_off(&mut self, count: usize) -> Self {
        let mut items: Vec<T> = std::mem::take(&mut self.items).collect();
        let rest = items.split_off(count.min(items.len()));
        self.items = items.into_iter();
        let start = self.index() + self.items.len();
        PulledRun {
            results: self.results,
            start,
            items: rest.into_iter(),
            failed: self.failed.take(),
            made: Vec::new(),
        }
    }
}

impl<T, R> Drop for PulledRun<'_, T, R> {
    fn drop(&mut self) {
        if !self.made.is_empty() {
            let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
            results.push((self.start, std::mem::take(&mut self.made)));
        }
    }
}
