//! The slots: one input and one result cell per item, handed out by runs, so that every item is taken once and every
//! result is written once, in place.
//!
//! A [`Run`](SlotRun) is an exclusive claim to the positions `next..end`. Runs come from the cursor only, are never
//! copied, and are bound to their slots by a borrow; so whoever holds one may take those items and write those results
//! without asking anyone. A run that is dropped early drops the items it did not get to and leaves a hole in the results.
//!
//! This file with its `integers.rs`, and `gate.rs`, hold the crate's only unsafe code. This file must never decide how large
//! a run is, nor call a body other than through [`SlotRun::map`].

mod integers;

use std::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ops::{ControlFlow, Range},
};

pub(crate) use integers::Integers;

use crate::{
    sources::Positions,
    sync::{AtomicUsize, Mutex, Ordering, lock},
};

/// A collection whose items are handed out by position, each once.
///
/// # Safety
///
/// `for_each` must call `each` with consecutive positions from the start of its range, and with none past its end,
/// whatever `each` does; if `each` breaks or unwinds, it is not called again, and the items it was not called for must be
/// dropped.
pub(crate) unsafe trait Source: Sync {
    /// What is handed out.
    type Item;

    /// How many items there are.
    fn len(&self) -> usize;

    /// Hands each item of the range out, with its position, until `each` breaks.
    ///
    /// # Safety
    ///
    /// The range lies in `0..self.len()`, and no position of it was given to `for_each` or `discard` before.
    unsafe fn for_each<B>(
        &self,
        range: Range<usize>,
        each: impl FnMut(usize, Self::Item) -> ControlFlow<B>,
    ) -> ControlFlow<B>;

    /// Drops the items of the range, if they are owned.
    ///
    /// # Safety
    ///
    /// As for [`for_each`](Self::for_each).
    unsafe fn discard(&self, range: Range<usize>);
}

// SAFETY: the positions are counted here, from the start of the range to its end; how many items the safe `items` yields
// decides only how many of them are used. Handing a position out twice is harmless by the contract of `Positions`, so
// nothing is ever to be dropped.
unsafe impl<P: Positions> Source for P {
    type Item = P::Item;

    fn len(&self) -> usize {
        Positions::len(self)
    }

    #[inline]
    unsafe fn for_each<B>(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(usize, Self::Item) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // Zipped, the standard library's iterators have one end, and the loop is compiled as the plain one is.
        for (position, item) in range.clone().zip(self.items(range)) {
            each(position, item)?;
        }
        ControlFlow::Continue(())
    }

    unsafe fn discard(&self, _range: Range<usize>) {}
}

/// The items of a vector, moved out one by one.
///
/// # Invariant
///
/// `items` points to `len` cells, of which those never given to `for_each` or `discard` hold a value. The buffer belongs
/// to this struct, which frees it and drops no item: what becomes of the items is said by those two calls alone.
pub(crate) struct Owned<T> {
    items: *mut T,
    len: usize,
    capacity: usize,
}

// SAFETY: by the contract of `Source`, no two threads are ever given the same item, so sharing `Owned` moves items to
// other threads and shares none.
unsafe impl<T: Send> Sync for Owned<T> {}
// SAFETY: it owns its items as a vector does.
unsafe impl<T: Send> Send for Owned<T> {}

impl<T> Owned<T> {
    pub(crate) fn new(items: Vec<T>) -> Self {
        let mut items = ManuallyDrop::new(items);
        Owned { items: items.as_mut_ptr(), len: items.len(), capacity: items.capacity() }
    }
}

// SAFETY: the loop walks the range, which it narrows before each call, so the rest is known at any time; on leaving early,
// `Rest` drops exactly that.
unsafe impl<T: Send> Source for Owned<T> {
    type Item = T;

    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    unsafe fn for_each<B>(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(usize, T) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut rest = Rest { owned: self, range };
        while rest.range.start < rest.range.end {
            let position = rest.range.start;
            rest.range.start += 1;
            // SAFETY: the caller's range lies in `0..len`, so the cell is inside the buffer.
            let cell = unsafe { self.items.add(position) };
            // SAFETY: by the caller's contract nobody was given this position before, so the cell holds a value, which
            // is moved out here: `rest` no longer covers it.
            let item = unsafe { cell.read() };
            each(position, item)?;
        }
        ControlFlow::Continue(())
    }

    unsafe fn discard(&self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        // SAFETY: the caller's range lies in `0..len`.
        let first = unsafe { self.items.add(range.start) };
        let cells = std::ptr::slice_from_raw_parts_mut(first, range.len());
        // SAFETY: by the caller's contract these cells hold values that nobody else was or will be given.
        unsafe { cells.drop_in_place() };
    }
}

/// The part of a range that is still in its cells; dropped in place when a body unwinds or breaks off.
struct Rest<'o, T: Send> {
    owned: &'o Owned<T>,
    range: Range<usize>,
}

impl<T: Send> Drop for Rest<'_, T> {
    fn drop(&mut self) {
        // SAFETY: these positions were given to the `for_each` that made this guard, which has read none of them.
        unsafe { self.owned.discard(self.range.clone()) };
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: pointer and capacity are those of the vector this was made from; length 0 is within them, and drops
        // no item.
        drop(unsafe { Vec::from_raw_parts(self.items, 0, self.capacity) });
    }
}

/// The items of a mutable slice, each lent once for the whole of the slice's borrow.
pub(crate) struct Exclusive<'a, T> {
    items: *mut T,
    len: usize,
    borrow: PhantomData<&'a mut [T]>,
}

// SAFETY: by the contract of `Source`, no two threads are given the same item, so sharing this lends `&mut T` to other
// threads, which `T: Send` allows.
unsafe impl<T: Send> Sync for Exclusive<'_, T> {}
// SAFETY: it is a `&mut [T]`.
unsafe impl<T: Send> Send for Exclusive<'_, T> {}

impl<'a, T> Exclusive<'a, T> {
    pub(crate) fn new(items: &'a mut [T]) -> Self {
        Exclusive { items: items.as_mut_ptr(), len: items.len(), borrow: PhantomData }
    }
}

// SAFETY: `(range).zip(cells)` gives the positions in order and once; nothing is owned, so nothing is to be dropped.
unsafe impl<'a, T: Send> Source for Exclusive<'a, T> {
    type Item = &'a mut T;

    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    unsafe fn for_each<B>(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(usize, &'a mut T) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        // SAFETY: the caller's range lies in `0..len`.
        let first = unsafe { self.items.add(range.start) };
        // SAFETY: the cells are initialised and borrowed for 'a by this struct; by the caller's contract nobody was or
        // will be given any of them, so this is their only reference.
        let cells: &'a mut [T] = unsafe { std::slice::from_raw_parts_mut(first, range.len()) };
        for (position, item) in range.zip(cells) {
            each(position, item)?;
        }
        ControlFlow::Continue(())
    }

    unsafe fn discard(&self, _range: Range<usize>) {}
}

/// A source that nothing was taken from yet. Its items are dropped with it.
pub(crate) struct Whole<S: Source>(Option<S>);

impl<S: Source> Whole<S> {
    pub(crate) fn new(source: S) -> Self {
        Whole(Some(source))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Source::len)
    }

    /// The source, whose items are then dropped only by who takes them.
    pub(crate) fn into_source(mut self) -> S {
        self.0.take().expect("a source is taken once, and by value")
    }
}

impl<S: Source> Drop for Whole<S> {
    fn drop(&mut self) {
        if let Some(source) = self.0.take() {
            // SAFETY: the range is all there is, and no position of it was given to the source: it is still whole.
            unsafe { source.discard(0..source.len()) };
        }
    }
}

/// The items of a source, each with a place of a mutable slice, its own.
pub(crate) struct Onto<'a, S, T> {
    source: S,
    places: Exclusive<'a, T>,
}

impl<'a, S: Source, T> Onto<'a, S, T> {
    /// # Panics
    ///
    /// If there are not as many places as items.
    pub(crate) fn new(source: S, places: &'a mut [T]) -> Self {
        assert_eq!(source.len(), places.len(), "there should be as many places as items");
        Onto { source, places: Exclusive::new(places) }
    }
}

// SAFETY: the positions are those that `source` hands out, which keeps the contract; `each` gets each of them on, and what
// it answers goes back.
unsafe impl<'a, S: Source, T: Send> Source for Onto<'a, S, T> {
    type Item = (S::Item, &'a mut T);

    fn len(&self) -> usize {
        self.source.len()
    }

    #[inline]
    unsafe fn for_each<B>(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(usize, Self::Item) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let places = self.places.items;
        let with_place = |position: usize, item| {
            // SAFETY: `source` gives positions of the range only, which lies in `0..len`, and `new` checked that there are
            // as many places.
            let place = unsafe { places.add(position) };
            // SAFETY: the place is initialised and borrowed for 'a by `places`; by the caller's contract nobody was or
            // will be given this position, so this is its only reference.
            each(position, (item, unsafe { &mut *place }))
        };
        // SAFETY: the caller's contract is handed on as it is.
        unsafe { self.source.for_each(range, with_place) }
    }

    unsafe fn discard(&self, range: Range<usize>) {
        // SAFETY: the caller's contract is handed on as it is; places are borrowed, and never dropped.
        unsafe { self.source.discard(range) };
    }
}

/// A call's items and results.
///
/// # Invariant
///
/// `cursor <= len`. Every position below `cursor` belongs to exactly one run, or did until that run was dropped; the
/// positions from `cursor` on were never given to the source. `results` points to a buffer of `capacity >= len` cells.
/// A result cell is written only by the run that holds its position, once. `filled` counts the cells that dropped runs
/// wrote, `holes` holds the positions that dropped runs did not write. With no run left, `filled` plus the holes make up
/// `cursor`, unless a run was forgotten; then nothing is assumed of the results and they are leaked.
///
/// # Memory ordering
///
/// All `Relaxed`: that a position is claimed once is a matter of the cursor's modification order alone. That what a
/// helper took and wrote happens before [`finish`](Slots::finish) is the gate's doing (its leaving releases, its closing
/// acquires), and the type's: `finish` takes the slots by value, so every run, which borrows them, is gone.
pub(crate) struct Slots<S: Source, R> {
    source: S,
    len: usize,
    results: *mut R,
    capacity: usize,
    cursor: AtomicUsize,
    filled: AtomicUsize,
    holes: Mutex<Vec<Range<usize>>>,
    #[cfg(all(test, loom))]
    cells: Vec<loom::cell::UnsafeCell<()>>,
}

// SAFETY: sharing the slots lets other threads take items (`S: Sync`, by `Source`) and write results, which are moved to
// the thread that finishes: `R: Send`.
unsafe impl<S: Source, R: Send> Sync for Slots<S, R> {}

impl<S: Source, R> Slots<S, R> {
    /// Slots for all items of `source`; the results' memory is the vector's that [`finish`](Slots::finish) returns.
    pub(crate) fn new(source: S) -> Self {
        let len = source.len();
        let mut results = ManuallyDrop::new(Vec::with_capacity(len));
        Slots {
            source,
            len,
            results: results.as_mut_ptr(),
            capacity: results.capacity(),
            cursor: AtomicUsize::new(0),
            filled: AtomicUsize::new(0),
            holes: Mutex::new(Vec::new()),
            #[cfg(all(test, loom))]
            cells: (0..len).map(|_| loom::cell::UnsafeCell::new(())).collect(),
        }
    }

    /// How many items no run was claimed for yet.
    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.len - self.claimed()
    }

    /// How many items a run was claimed for.
    #[inline]
    pub(crate) fn claimed(&self) -> usize {
        self.cursor.load(Ordering::Relaxed)
    }

    /// Claims the next items: as many as `size` says, of as many as it is told remain, and at least one.
    #[inline]
    pub(crate) fn claim(&self, size: impl Fn(usize) -> usize) -> Option<SlotRun<'_, S, R>> {
        let mut start = self.cursor.load(Ordering::Relaxed);
        while start < self.len {
            let end = start + size(self.len - start).clamp(1, self.len - start);
            match self.cursor.compare_exchange_weak(start, end, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(SlotRun { slots: self, start, next: start, taken: start, end }),
                Err(now) => start = now,
            }
        }
        None
    }

    /// The results in input order, if every item was mapped. If not, those that were made are dropped.
    pub(crate) fn finish(self) -> Option<Vec<R>> {
        let filled = self.filled.load(Ordering::Relaxed);
        if filled != self.len {
            return None;
        }
        for position in 0..self.len {
            self.touch(position);
        }
        // All `len` positions are filled, so all were claimed: there is no item left to drop, and `Slots::drop`, which
        // would drop the results, must not run. Its fields are moved out or dropped one by one instead.
        let mut slots = ManuallyDrop::new(self);
        // SAFETY: `slots` is never used again as a whole, and nothing else drops this field.
        unsafe { std::ptr::drop_in_place(&raw mut slots.source) };
        drop(std::mem::take(slots.holes.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner())));
        #[cfg(all(test, loom))]
        drop(std::mem::take(&mut slots.cells));
        // SAFETY: pointer and capacity are those of the vector made in `new`, and by the invariant `filled` cells were
        // written, each once; as that is all `len` of them, every cell in `0..len` holds a value.
        Some(unsafe { Vec::from_raw_parts(slots.results, slots.len, slots.capacity) })
    }

    /// Tells loom that this thread has the cell to itself.
    #[inline]
    fn touch(&self, _position: usize) {
        #[cfg(all(test, loom))]
        self.cells[_position].with_mut(|_| ());
    }
}

impl<S: Source, R> Drop for Slots<S, R> {
    /// Drops the items that were never claimed and the results that were made. Not reached after a successful `finish`.
    fn drop(&mut self) {
        // SAFETY: pointer and capacity are those of the vector made in `new`. With length 0 it frees the buffer, last of
        // all, and drops no result.
        let _buffer = unsafe { Vec::from_raw_parts(self.results, 0, self.capacity) };
        let claimed = self.cursor.load(Ordering::Relaxed);
        let mut holes = std::mem::take(&mut *lock(&self.holes));
        holes.sort_unstable_by_key(|hole| hole.start);
        let missing: usize = holes.iter().map(ExactSizeIterator::len).sum();
        let mut written = Vec::new();
        if self.filled.load(Ordering::Relaxed) + missing == claimed {
            let ends = holes.iter().map(|hole| hole.start).chain([claimed]);
            let starts = [0].into_iter().chain(holes.iter().map(|hole| hole.end));
            written = starts.zip(ends).map(|(start, end)| start..end).collect();
        }
        let mut remains = Remains { slots: self, written, unclaimed: claimed..self.len };
        remains.drop_all();
    }
}

/// What slots that were not finished still hold. A destructor that panics does not keep the others from running.
///
/// # Invariant
///
/// The cells of `written` hold results and the positions of `unclaimed` items; none was dropped before.
struct Remains<'s, S: Source, R> {
    slots: &'s Slots<S, R>,
    written: Vec<Range<usize>>,
    unclaimed: Range<usize>,
}

impl<S: Source, R> Remains<'_, S, R> {
    fn drop_all(&mut self) {
        while let Some(written) = self.written.pop() {
            written.clone().for_each(|position| self.slots.touch(position));
            // SAFETY: the positions are below `claimed <= len`, so inside the buffer.
            let first = unsafe { self.slots.results.add(written.start) };
            let results = std::ptr::slice_from_raw_parts_mut(first, written.len());
            // SAFETY: by the invariant these cells hold results, which are dropped here only: the range was popped.
            unsafe { results.drop_in_place() };
        }
        let unclaimed = std::mem::take(&mut self.unclaimed);
        // SAFETY: the positions from the cursor on were never claimed, so never given to the source; and not to this
        // call twice, as the range was taken.
        unsafe { self.slots.source.discard(unclaimed) };
    }
}

impl<S: Source, R> Drop for Remains<'_, S, R> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

/// An exclusive claim to some consecutive items: what a worker claims.
///
/// # Invariant
///
/// `start <= next <= taken <= end`. The items from `taken` on are still in the source, the results from `start` to `next`
/// are written. `next < taken` only after a body unwound or broke off; then the items between are gone and the run only
/// remains to be dropped.
pub(crate) struct SlotRun<'s, S: Source, R> {
    slots: &'s Slots<S, R>,
    start: usize,
    next: usize,
    taken: usize,
    end: usize,
}

impl<S: Source, R> SlotRun<'_, S, R> {
    /// The position of the next item; after a body unwound or broke off, of the item it did so for.
    #[inline]
    pub(crate) fn index(&self) -> usize {
        self.next
    }

    /// How many items are left.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end - self.taken
    }

    /// Maps the next `count` items and writes their results. If `body` unwinds or breaks off, so does this.
    #[inline]
    pub(crate) fn map<B>(
        &mut self,
        count: usize,
        mut body: impl FnMut(usize, S::Item) -> ControlFlow<B, R>,
    ) -> ControlFlow<B> {
        if self.next != self.taken {
            return ControlFlow::Continue(());
        }
        // The pointer by value: the loop then need not look it up again after each write, and vectorizes.
        let (slots, results, from) = (self.slots, self.slots.results, self.taken);
        let to = from + count.min(self.len());
        self.taken = to;
        let mut progress = Progress { written: from, next: &mut self.next };
        let map_one = |position: usize, item| {
            let result = body(position, item)?;
            slots.touch(position);
            // SAFETY: `Source::for_each` gives positions of `from..to` only, which lies in the buffer.
            let cell = unsafe { results.add(position) };
            // SAFETY: this run is the only claim to the position, and comes to it once; the cell holds no value yet.
            unsafe { cell.write(result) };
            progress.written = position + 1;
            ControlFlow::Continue(())
        };
        // SAFETY: `from..to` lies in this run, so in `0..len`; the run is the only claim to it, and `taken`, moved past
        // it above, never goes back.
        unsafe { slots.source.for_each(from..to, map_one) }
    }

    /// Keeps the next `count` items and puts the others back, to be claimed anew. Only the last run claimed can do so;
    /// false if this is another.
    pub(crate) fn put_back(&mut self, count: usize) -> bool {
        let cut = self.taken + count.min(self.len());
        // With the cursor at this run's end nothing beyond it is claimed, so the cursor may go back through what the run
        // alone has a claim to. The run gives that claim up here.
        let cursor = &self.slots.cursor;
        let is_last = cursor.compare_exchange(self.end, cut, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_last {
            self.end = cut;
        }
        is_last
    }

    /// Cuts the run: keeps the next `count` items and returns the others.
    pub(crate) fn split_off(&mut self, count: usize) -> Self {
        let cut = self.taken + count.min(self.len());
        let rest = SlotRun { slots: self.slots, start: cut, next: cut, taken: cut, end: self.end };
        self.end = cut;
        rest
    }
}

impl<S: Source, R> Drop for SlotRun<'_, S, R> {
    fn drop(&mut self) {
        if self.start < self.next {
            self.slots.filled.fetch_add(self.next - self.start, Ordering::Relaxed);
        }
        if self.next < self.end {
            lock(&self.slots.holes).push(self.next..self.end);
            // SAFETY: these items belong to this run, which has not taken them.
            unsafe { self.slots.source.discard(self.taken..self.end) };
        }
    }
}

/// Notes, however the loop ends, how far the results are written.
struct Progress<'r> {
    written: usize,
    next: &'r mut usize,
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        *self.next = self.written;
    }
}
