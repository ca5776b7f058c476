//! What a call consists of: the work that is done, the feed that hands items out, the runs they are handed out by.
//!
//! The words between the loop of `call.rs` and those who supply items and take results. Nothing here decides anything.

use std::{
    ops::ControlFlow,
    sync::{PoisonError, TryLockError},
};

use crate::{
    failure::Failure,
    slots::{SlotRun, Slots, Source},
    sync::{
        LOOKS,
        whole::{Mutex, MutexGuard, spin_loop},
    },
};

/// What workers do with items of type `T`.
pub trait Work<T>: Sync {
    /// What is kept for each item until the end of the call.
    type Cell: Send;
    /// What an item fails by, if not by a panic.
    type Error: Send;
    /// What a worker has to itself.
    type State;
    /// Whether what is kept is what the call makes its value of.
    const KEEPS: bool;
    /// Whether an item may fail other than by a panic.
    const TRIES: bool;
    /// Whether results are taken in order, so that workers must not run too far ahead of one another.
    const ORDERED: bool;
    /// Runs of cheap items had better be multiples of this many.
    const GRAIN: usize;

    /// The state of a worker that has done nothing.
    fn begin(&self) -> Self::State;

    /// Does the next `count` items of a run, until one fails.
    fn map<R: Run<Item = T, Cell = Self::Cell>>(
        &self,
        state: &mut Self::State,
        run: &mut R,
        count: usize,
        failure: &Failure<Self::Error>,
    ) -> ControlFlow<Self::Error>;

    /// Settles a run that is done, or given up. Does not unwind.
    fn finish_run(&self, state: &mut Self::State, failure: &Failure<Self::Error>);

    /// Drops what a panic may have left in disorder.
    fn spoil(&self, state: &mut Self::State);

    /// Takes the state of a worker that leaves.
    fn leave(&self, state: Self::State);

    /// How many results were taken, counted from the first item, if they are taken in order.
    fn settled(&self) -> usize;

    /// Waits until so many results were taken, or `woken` is true.
    fn wait(&self, until: usize, woken: impl Fn() -> bool);

    /// Wakes a caller that waits, after what makes it `woken`.
    fn wake(&self);
}

/// Items and what is kept for them, handed out to workers by runs.
pub(crate) trait Feed: Sync {
    /// What the body takes.
    type Item;
    /// What is kept for an item.
    type Cell;
    /// Some items that one worker has to itself.
    type Run<'f>: Run<Item = Self::Item, Cell = Self::Cell> + Send
    where
        Self: 'f;

    /// Whether items are made as they are handed out, so that a caller alone should not be handed all of them at once.
    const PULLED: bool;
    /// Whether a run can be put back where it came from.
    const TAKES_BACK: bool;

    /// How many items were handed out.
    fn handed_out(&self) -> usize;

    /// Whether there may be more to hand out. Of an iterator that does not say how long it is, only its end is known.
    fn may_have_more(&self) -> bool;

    /// How many more items are to be expected, and the most there can be, if that is known.
    fn remaining(&self) -> (usize, Option<usize>);

    /// Hands out the next run: as many items as `size` says of as many as it is told remain. `None` if there are none, or
    /// if a helper would have to wait for them.
    fn claim(&self, role: Role, size: impl Fn(usize) -> usize) -> Option<Self::Run<'_>>;
}

/// Who a worker is.
///
/// The caller may wait for its helpers, all of which began after it did. A helper waits for nobody: its thread belongs to
/// a pool, and whoever it would wait for may be waiting for a thread of that pool, or lie beneath it on its own stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The thread that made the call.
    Caller,
    /// A thread of a pool.
    Helper,
}

impl Role {
    /// Locks: a caller as soon as can be, a helper within some microseconds or not at all.
    pub(crate) fn lock<T>(self, mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
        match self {
            Role::Caller => Some(mutex.lock().unwrap_or_else(PoisonError::into_inner)),
            Role::Helper => (0..LOOKS).find_map(|_| {
                let guard = try_lock(mutex);
                if guard.is_none() {
                    spin_loop();
                }
                guard
            }),
        }
    }
}

/// Locks, if that can be done at once.
pub(crate) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// An exclusive claim to some consecutive items.
pub trait Run: Sized {
    /// What the body takes.
    type Item;
    /// What is kept for an item.
    type Cell;

    /// The index of the next item; after the body unwound or broke off, of the item it did so for.
    fn index(&self) -> usize;

    /// How many items are left.
    fn len(&self) -> usize;

    /// Hands the next `count` items to `each`, with their indices, and keeps what it gives. If `each` breaks or unwinds, so
    /// does this, and the run then only remains to be dropped.
    fn map<B>(
        &mut self,
        count: usize,
        each: impl FnMut(usize, Self::Item) -> ControlFlow<B, Self::Cell>,
    ) -> ControlFlow<B>;

    /// Keeps the next `count` items and puts the others back where they came from. False if that cannot be.
    fn put_back(&mut self, count: usize) -> bool;

    /// Keeps the next `count` items and returns the others.
    fn split_off(&mut self, count: usize) -> Self;
}

impl<S: Source, C: Send> Feed for Slots<S, C> {
    type Item = S::Item;
    type Cell = C;
    type Run<'f>
        = SlotRun<'f, S, C>
    where
        Self: 'f;
    const PULLED: bool = false;
    const TAKES_BACK: bool = true;

    fn handed_out(&self) -> usize {
        self.claimed()
    }

    fn may_have_more(&self) -> bool {
        Slots::remaining(self) > 0
    }

    #[inline]
    fn remaining(&self) -> (usize, Option<usize>) {
        let remaining = Slots::remaining(self);
        (remaining, Some(remaining))
    }

    #[inline]
    fn claim(&self, _role: Role, size: impl Fn(usize) -> usize) -> Option<Self::Run<'_>> {
        Slots::claim(self, size)
    }
}

impl<S: Source, C> Run for SlotRun<'_, S, C> {
    type Item = S::Item;
    type Cell = C;

    #[inline]
    fn index(&self) -> usize {
        SlotRun::index(self)
    }

    #[inline]
    fn len(&self) -> usize {
        SlotRun::len(self)
    }

    #[inline]
    fn map<B>(&mut self, count: usize, each: impl FnMut(usize, S::Item) -> ControlFlow<B, C>) -> ControlFlow<B> {
        SlotRun::map(self, count, each)
    }

    fn put_back(&mut self, count: usize) -> bool {
        SlotRun::put_back(self, count)
    }

    fn split_off(&mut self, count: usize) -> Self {
        SlotRun::split_off(self, count)
    }
}
