//! `each(iterator)`: items that can only be pulled one after another, and whose number nobody knows.
//!
//! Workers pull a run of items at a time under a lock, map it without, and keep its results with its index; the call
//! puts them together in the end. While the caller is alone it pulls, maps and pushes item by item, as a loop would.

use std::{
    iter::Zip,
    marker::PhantomData,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    slice,
    sync::PoisonError,
    vec,
};

use crate::{
    OneOrMany, call,
    cancel::Stop,
    drive::Drive,
    failure::{Failure, Payload, Stopped, cause},
    infer::Many,
    pace::{Pace, nanoseconds},
    schedule::Plan,
    scoped_pool,
    site::Options,
    supply::Supply,
    sync::whole::{AtomicBool, AtomicUsize, Instant, Mutex, Ordering},
    work::{Feed, Role, Run, Work, try_lock},
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
    type Output<One, Many> = Many;

    fn __parmap_drive<D: Drive<T>>(self, drive: D) -> D::Many {
        drive.many(self)
    }
}

#[diagnostic::do_not_recommend]
impl<I: Iterator<Item = T> + Send, T: Send> Many<T> for Each<I, T> {
    fn __parmap_many<D: Drive<T>>(self, drive: D) -> D::Many {
        drive.many(self)
    }
}

impl<I: Iterator<Item = T> + Send, T: Send> Supply for Each<I, T> {
    type Item = T;
    type Onto<'p, V: Send + 'p> = Each<Zip<I, slice::IterMut<'p, V>>, (T, &'p mut V)>;

    fn len(&self) -> Option<usize> {
        let (least, most) = self.iterator.size_hint();
        most.filter(|&most| most == least)
    }

    fn run<W: Work<T>>(self, options: &Options, work: &W) -> Result<Vec<W::Cell>, Stopped<W::Error>> {
        // An iterator that may be left early may be endless, and may say so.
        let mut made = Vec::new();
        if !W::TRIES {
            let least = self.iterator.size_hint().0;
            if options.orders.stop().is_some() {
                let _ = made.try_reserve_exact(least);
            } else {
                made.reserve_exact(least);
            }
        }
        let mut alone = Alone { iterator: self.iterator, first: None, made, ended: false };
        let mut state = work.begin();
        let mut pace = Pace::guess(options.site.item_ns());
        if options.orders.shuffle().is_none() {
            let (failure, until) = alone.map(&mut pace, options, work, &mut state);
            let stopped = failure.into_first().or_else(|| (until == Until::Stop).then_some(Stopped::Cancelled));
            if let Some(stopped) = stopped {
                work.leave(state);
                return Err(stopped.without(alone));
            }
            if until == Until::End {
                work.leave(state);
                options.site.learn(&pace);
                return Ok(alone.made);
            }
        }
        let Alone { iterator, made, .. } = alone;
        let nothing_left = iterator.size_hint().1 == Some(0);
        let pulled = Pulled {
            source: Mutex::new(Pulling { iterator, index: made.len(), ended: false }),
            pulled: AtomicUsize::new(made.len()),
            ended: AtomicBool::new(nothing_left),
            cells: W::KEEPS.then(|| Mutex::new(Vec::new())),
        };
        match call::run(&pulled, options, pace, work, state) {
            Ok(()) => Ok(pulled.append_to(made)),
            Err(stopped) => Err(stopped.without((made, pulled))),
        }
    }

    fn onto<V: Send>(self, places: &mut [V]) -> Self::Onto<'_, V> {
        Each { iterator: self.iterator.zip(places), items: PhantomData }
    }
}

/// The items as a caller alone comes to them: one endless run.
struct Alone<I: Iterator, C> {
    iterator: I,
    /// The first item, pulled before there is anything to be made for it.
    first: Option<I::Item>,
    made: Vec<C>,
    ended: bool,
}

/// How far a caller alone came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// To the end of the iterator.
    End,
    /// To where others may be worth asking, or something failed.
    Help,
    /// To where the call was told to stop.
    Stop,
}

impl<I: Iterator, C> Alone<I, C> {
    /// The plain loop, for as long as a caller alone may be enough.
    fn map<W: Work<I::Item, Cell = C>>(
        &mut self,
        pace: &mut Pace,
        options: &Options,
        work: &W,
        state: &mut W::State,
    ) -> (Failure<W::Error>, Until) {
        let failure = Failure::none();
        let (most, stop) = (self.iterator.size_hint().1, options.orders.stop());
        let threads = scoped_pool::threads(options.orders.processes);
        let plan = Plan::new(most.unwrap_or(usize::MAX), options.orders.chunksize, threads, options.site.memory());
        if !plan.is_alone() && most.is_some_and(|most| plan.asks_first(most, || 0.0)) {
            return (failure, Until::Help);
        }
        if stop.is_some_and(Stop::is_now) {
            return (failure, self.stopped());
        }
        match catch_unwind(AssertUnwindSafe(|| self.iterator.next())) {
            Ok(first) => (self.ended, self.first) = (first.is_none(), first),
            Err(payload) => failure.record_panic(0, payload),
        }
        // One block is enough for a loop that nothing can stop or help.
        let mut last = (!plan.is_alone() || stop.is_some()).then(Instant::now);
        while !self.ended && !failure.any() {
            if stop.is_some_and(Stop::is_now) {
                work.finish_run(state, &failure);
                return (failure, self.stopped());
            }
            let before = self.made.len();
            let block = match (stop, last) {
                (_, None) => usize::MAX,
                (None, _) => pace.probe(),
                (Some(_), _) => plan.look(pace.item_ns(), before),
            };
            let done = catch_unwind(AssertUnwindSafe(|| work.map(state, self, block, &failure)));
            if let Some(cause) = cause(done) {
                work.finish_run(state, &failure);
                failure.record(self.made.len(), cause);
                return (failure, Until::Help);
            }
            if let Some(last) = &mut last {
                let now = Instant::now();
                pace.record(self.made.len() - before, nanoseconds(now.duration_since(*last)));
                *last = now;
            }
            // At the price of the cheapest helper; the call asks again at the real one.
            let rest = self.iterator.size_hint().0.max(pace.items());
            if plan.is_worth_asking(rest, pace, || 0.0) {
                break;
            }
        }
        work.finish_run(state, &failure);
        (failure, if self.ended { Until::End } else { Until::Help })
    }

    /// How far a call came that is told to stop: to the end, if it is known that there is nothing left.
    fn stopped(&self) -> Until {
        let nothing_left = self.first.is_none() && self.iterator.size_hint().1 == Some(0);
        if nothing_left { Until::End } else { Until::Stop }
    }
}

impl<I: Iterator, C> Run for Alone<I, C> {
    type Item = I::Item;
    type Cell = C;

    fn index(&self) -> usize {
        self.made.len()
    }

    fn len(&self) -> usize {
        if self.ended { 0 } else { usize::MAX }
    }

    #[inline]
    fn map<B>(&mut self, count: usize, mut each: impl FnMut(usize, I::Item) -> ControlFlow<B, C>) -> ControlFlow<B> {
        let end = self.made.len().saturating_add(count);
        if let Some(first) = self.first.take() {
            let cell = each(0, first)?;
            self.made.push(cell);
        }
        while self.made.len() < end {
            let Some(item) = self.iterator.next() else {
                self.ended = true;
                break;
            };
            let cell = each(self.made.len(), item)?;
            self.made.push(cell);
        }
        ControlFlow::Continue(())
    }

    fn put_back(&mut self, _count: usize) -> bool {
        false
    }

    fn split_off(&mut self, _count: usize) -> Self {
        unreachable!("a run that nobody else knows of is not shared")
    }
}

/// What is kept of finished runs, each with the index of its first item.
type Pieces<C> = Mutex<Vec<(usize, Vec<C>)>>;

/// An iterator under a lock, and what is kept so far.
struct Pulled<I, C> {
    source: Mutex<Pulling<I>>,
    /// How many items were pulled, for those who cannot wait for the lock. `Relaxed`: a guess.
    pulled: AtomicUsize,
    /// Whether the iterator has ended, or says that it has nothing left; for the same.
    ended: AtomicBool,
    /// `None` if it comes to nothing in the end.
    cells: Option<Pieces<C>>,
}

struct Pulling<I> {
    iterator: I,
    /// The index of the item that comes next.
    index: usize,
    /// After its end, or its panic, the iterator is left alone.
    ended: bool,
}

impl<I, C> Pulled<I, C> {
    /// Puts what is kept behind what was made before.
    fn append_to(self, mut made: Vec<C>) -> Vec<C> {
        let Some(cells) = self.cells else { return made };
        let mut pieces = cells.into_inner().unwrap_or_else(PoisonError::into_inner);
        pieces.sort_unstable_by_key(|(index, _)| *index);
        made.reserve_exact(pieces.iter().map(|(_, piece)| piece.len()).sum());
        for (_, mut piece) in pieces {
            made.append(&mut piece);
        }
        made
    }
}

impl<I: Iterator + Send, C: Send> Feed for Pulled<I, C>
where
    I::Item: Send,
{
    type Item = I::Item;
    type Cell = C;
    type Run<'f>
        = PulledRun<'f, I::Item, C>
    where
        Self: 'f;
    const PULLED: bool = true;
    const TAKES_BACK: bool = false;

    fn handed_out(&self) -> usize {
        self.pulled.load(Ordering::Relaxed)
    }

    fn may_have_more(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }

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

    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<PulledRun<'_, I::Item, C>> {
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
        self.ended.store(source.ended || source.iterator.size_hint().1 == Some(0), Ordering::Relaxed);
        if items.is_empty() && failed.is_none() {
            return None;
        }
        let (cells, made) = (self.cells.as_ref(), Vec::with_capacity(items.len()));
        Some(PulledRun { cells, start, items: items.into_iter(), failed, made })
    }
}

/// Some consecutive items that were pulled.
struct PulledRun<'f, T, C> {
    cells: Option<&'f Pieces<C>>,
    start: usize,
    items: vec::IntoIter<T>,
    /// The panic that the iterator ended with, in place of an item behind the others.
    failed: Option<Payload>,
    made: Vec<C>,
}

impl<T, C> Run for PulledRun<'_, T, C> {
    type Item = T;
    type Cell = C;

    fn index(&self) -> usize {
        self.start + self.made.len()
    }

    fn len(&self) -> usize {
        self.items.len() + usize::from(self.failed.is_some())
    }

    fn map<B>(&mut self, count: usize, mut each: impl FnMut(usize, T) -> ControlFlow<B, C>) -> ControlFlow<B> {
        let items = self.items.len();
        for item in self.items.by_ref().take(count) {
            let cell = each(self.start + self.made.len(), item)?;
            self.made.push(cell);
        }
        if let Some(payload) = self.failed.take_if(|_| count > items) {
            resume_unwind(payload);
        }
        ControlFlow::Continue(())
    }

    fn put_back(&mut self, _count: usize) -> bool {
        false
    }

    fn split_off(&mut self, count: usize) -> Self {
        let mut items: Vec<T> = std::mem::take(&mut self.items).collect();
        let rest = items.split_off(count.min(items.len()));
        self.items = items.into_iter();
        let start = self.index() + self.items.len();
        PulledRun { cells: self.cells, start, items: rest.into_iter(), failed: self.failed.take(), made: Vec::new() }
    }
}

impl<T, C> Drop for PulledRun<'_, T, C> {
    fn drop(&mut self) {
        if let Some(cells) = self.cells.filter(|_| !self.made.is_empty()) {
            let mut cells = cells.lock().unwrap_or_else(PoisonError::into_inner);
            cells.push((self.start, std::mem::take(&mut self.made)));
        }
    }
}
