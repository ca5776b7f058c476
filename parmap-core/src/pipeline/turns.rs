//! Whose turn it is: the protocol by which batches pass the stages that not every worker may be in at once.
//!
//! A worker that comes with a batch is given the stage, or parks the batch and goes for other work. Who passes the stage on
//! is told whether a parked batch may go in now; it need not wait for that one, as it looks for work itself before it rests.
//! So nobody waits here, and nothing is left lying. No code of the user runs under these locks.

use std::collections::BTreeMap;

use crate::sync::{Mutex, lock};

/// A stage that only so many workers may be in, and the batches that wait for it.
pub(crate) struct Turns<B, S> {
    state: Mutex<Waiting<B, S>>,
}

struct Waiting<B, S> {
    /// What a worker needs to be in the stage, once for each that may come in now.
    free: Vec<S>,
    /// The batch whose turn it is, if they go in by their numbers.
    next: Option<usize>,
    /// Batches by their numbers: as many as wait, however many may be in flight.
    parked: BTreeMap<usize, B>,
}

impl<B, S> Turns<B, S> {
    /// A stage that batches go through one after another, by their numbers.
    pub(crate) fn in_order(stage: S) -> Self {
        Self::new(vec![stage], Some(0))
    }

    fn new(free: Vec<S>, next: Option<usize>) -> Self {
        Turns { state: Mutex::new(Waiting { free, next, parked: BTreeMap::new() }) }
    }

    /// Takes a batch in, if the stage is free and it is the batch's turn; parks it otherwise.
    pub(crate) fn arrive(&self, number: usize, batch: B) -> Option<(B, S)> {
        let mut state = lock(&self.state);
        if state.next.is_none_or(|next| next == number) {
            if let Some(stage) = state.free.pop() {
                return Some((batch, stage));
            }
        }
        state.parked.insert(number, batch);
        None
    }

    /// Takes in the batch whose turn it is, if it is parked and the stage is free.
    pub(crate) fn take(&self) -> Option<(B, S)> {
        let mut state = lock(&self.state);
        let number = state.ready()?;
        let batch = state.parked.remove(&number)?;
        state.free.pop().map(|stage| (batch, stage))
    }

    /// Takes out what is parked, once nothing is to be carried on.
    pub(crate) fn take_parked(&self) -> BTreeMap<usize, B> {
        std::mem::take(&mut lock(&self.state).parked)
    }

    /// Passes the stage on. Whether somebody should come for a parked batch now.
    pub(crate) fn pass_on(&self, stage: S) -> bool {
        let mut state = lock(&self.state);
        state.free.push(stage);
        if let Some(next) = &mut state.next {
            *next += 1;
        }
        state.ready().is_some()
    }

    /// Takes the stage for items that are in no batch, while there are no batches under way.
    pub(crate) fn borrow(&self) -> Option<S> {
        lock(&self.state).free.pop()
    }

    /// Gives it back.
    pub(crate) fn give_back(&self, stage: S) {
        lock(&self.state).free.push(stage);
    }

    /// The stage, after the last batch.
    pub(crate) fn into_stage(self) -> Option<S> {
        self.state.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()).free.pop()
    }
}

impl<B, S> Waiting<B, S> {
    /// The number of the parked batch that may go in now.
    fn ready(&self) -> Option<usize> {
        if self.free.is_empty() {
            return None;
        }
        let (&lowest, _) = self.parked.first_key_value()?;
        self.next.is_none_or(|next| next == lowest).then_some(lowest)
    }
}

impl<B> Turns<B, ()> {
    /// More workers than any pool has.
    const WIDEST: usize = 1 << 12;

    /// A stage that so many workers may be in at once, in any order.
    pub(crate) fn in_any_order(width: usize) -> Self {
        Self::new(vec![(); width.min(Self::WIDEST)], None)
    }
}

/// The way in: numbers the batches that are pulled from the source, by one worker at a time, and bounds how many are
/// under way.
pub(crate) struct Intake {
    state: Mutex<Taken>,
    in_flight: usize,
}

struct Taken {
    /// Whether nobody is at the source.
    idle: bool,
    /// Whether it has no more items.
    ended: bool,
    /// Batches that were pulled, and those of them that are done.
    pulled: usize,
    done: usize,
    /// Items that were pulled.
    items: usize,
}

impl Taken {
    fn way(&self, in_flight: usize) -> Way {
        if self.ended {
            if self.idle && self.pulled == self.done { Way::Finished } else { Way::Closed }
        } else if self.idle && self.pulled - self.done < in_flight {
            Way::Open
        } else {
            Way::Closed
        }
    }
}

/// Whether a worker could come to the source now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// One could.
    Open,
    /// Somebody is there, or as many batches are under way as may be, or there is nothing left.
    Closed,
    /// There is nothing left, and all batches are done.
    Finished,
}

/// What a worker that may pull a batch is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    /// The batch's number.
    pub(crate) number: usize,
    /// The position of its first item.
    pub(crate) start: usize,
}

impl Intake {
    /// For at most so many batches at a time.
    pub(crate) fn new(in_flight: usize) -> Self {
        let taken = Taken { idle: true, ended: false, pulled: 0, done: 0, items: 0 };
        Intake { state: Mutex::new(taken), in_flight }
    }

    /// Lets a worker to the source, if it is free and there may be one more batch.
    pub(crate) fn enter(&self) -> Option<Pull> {
        let mut state = lock(&self.state);
        if state.way(self.in_flight) != Way::Open {
            return None;
        }
        state.idle = false;
        state.pulled += 1;
        Some(Pull { number: state.pulled - 1, start: state.items })
    }

    /// Lets a worker to the source that does items one by one to their end, if there are no batches under way. The position
    /// of the first.
    pub(crate) fn enter_alone(&self) -> Option<usize> {
        let mut state = lock(&self.state);
        if !state.idle || state.ended || state.pulled != state.done {
            return None;
        }
        state.idle = false;
        Some(state.items)
    }

    /// Leaves the source with a batch of `items` items, or without one if there are none.
    pub(crate) fn leave_with(&self, items: usize, is_batch: bool, ended: bool) -> Way {
        let mut state = lock(&self.state);
        if !is_batch {
            state.pulled -= 1;
        }
        self.left(&mut state, items, ended)
    }

    /// Leaves the source after `items` items that are done.
    pub(crate) fn leave_alone(&self, items: usize, ended: bool) -> Way {
        self.left(&mut lock(&self.state), items, ended)
    }

    fn left(&self, state: &mut Taken, items: usize, ended: bool) -> Way {
        state.idle = true;
        state.ended |= ended;
        state.items += items;
        state.way(self.in_flight)
    }

    /// Notes that a batch is done.
    pub(crate) fn done(&self) -> Way {
        let mut state = lock(&self.state);
        state.done += 1;
        state.way(self.in_flight)
    }

    /// Whether nobody is at the source, which has ended or else `is_empty`, and no batch is under way.
    pub(crate) fn is_done(&self, is_empty: bool) -> bool {
        let state = lock(&self.state);
        state.idle && (state.ended || is_empty) && state.pulled == state.done
    }

    /// How many more batches may be pulled before one is done.
    pub(crate) fn room(&self) -> usize {
        let state = lock(&self.state);
        self.in_flight - (state.pulled - state.done)
    }

    /// How many items were pulled so far.
    pub(crate) fn items(&self) -> usize {
        lock(&self.state).items
    }
}

#[cfg(all(test, loom))]
mod models {
    use std::sync::atomic::{AtomicUsize as Counter, Ordering::Relaxed as Counted};

    use loom::{cell::Cell, sync::Arc, thread};

    use super::*;
    use crate::{
        bell::Bell,
        sync::{AtomicUsize, Ordering},
    };

    /// The batches that went through a stage, in that order: loom reports two workers in it at once.
    struct Seen(Cell<Vec<usize>>);

    impl Seen {
        fn new() -> Self {
            Seen(Cell::new(Vec::new()))
        }

        fn add(&self, number: usize) {
            let mut seen = self.0.take();
            seen.push(number);
            self.0.set(seen);
        }
    }

    // As in `layers.rs`: a worker passes the stage on, and then looks for what it may have left behind.
    fn carry(turns: &Turns<usize, Seen>, number: usize) {
        let mut inside = turns.arrive(number, number);
        while let Some((batch, seen)) = inside {
            seen.add(batch);
            turns.pass_on(seen);
            inside = turns.take();
        }
    }

    #[test]
    fn batches_go_through_in_order_whoever_brings_them() {
        loom::model(|| {
            let turns = Arc::new(Turns::in_order(Seen::new()));
            let workers = [2, 1].map(|number| {
                let turns = turns.clone();
                thread::spawn(move || carry(&turns, number))
            });
            carry(&turns, 0);
            workers.into_iter().for_each(|worker| worker.join().unwrap());
            let turns = Arc::try_unwrap(turns).unwrap_or_else(|_| unreachable!("the workers are gone"));
            assert_eq!(turns.into_stage().unwrap().0.take(), [0, 1, 2]);
        });
    }

    #[test]
    fn no_more_workers_are_inside_than_may_be_and_no_batch_is_left() {
        for width in [1, 2] {
            loom::model(move || {
                let turns = Arc::new(Turns::in_any_order(width));
                let counts = std::sync::Arc::new((Counter::new(0), Counter::new(0)));
                let carry = move |turns: &Turns<usize, ()>, number, counts: &(Counter, Counter)| {
                    let mut inside = turns.arrive(number, number);
                    while let Some((_, turn)) = inside {
                        assert!(counts.0.fetch_add(1, Counted) < width, "too many inside");
                        thread::yield_now();
                        counts.0.fetch_sub(1, Counted);
                        counts.1.fetch_add(1, Counted);
                        turns.pass_on(turn);
                        inside = turns.take();
                    }
                };
                let workers = [2, 1].map(|number| {
                    let (turns, counts) = (turns.clone(), counts.clone());
                    thread::spawn(move || carry(&turns, number, &counts))
                });
                carry(&turns, 0, &counts);
                workers.into_iter().for_each(|worker| worker.join().unwrap());
                assert_eq!(counts.1.load(Counted), 3);
            });
        }
    }

    /// A pipeline of a source of two items and a serial end, as `flow.rs` runs it: one batch an item.
    struct Flow {
        intake: Intake,
        bell: Bell,
        end: Turns<usize, Seen>,
        over: AtomicUsize,
    }

    impl Flow {
        const ITEMS: usize = 2;

        fn new(in_flight: usize) -> Arc<Self> {
            let (intake, bell, end) = (Intake::new(in_flight), Bell::new(), Turns::in_order(Seen::new()));
            Arc::new(Flow { intake, bell, end, over: AtomicUsize::new(0) })
        }

        fn is_over(&self) -> bool {
            self.over.load(Ordering::Relaxed) == 1
        }

        fn follow(&self, way: Way) {
            if way == Way::Finished {
                self.over.store(1, Ordering::Relaxed);
            }
            if way != Way::Closed {
                self.bell.ring();
            }
        }

        /// Carries one batch as far as it goes. False if there is none.
        fn work(&self) -> bool {
            let inside = self.end.take().or_else(|| {
                let Pull { number, start } = self.intake.enter()?;
                let is_batch = start < Self::ITEMS;
                let way = self.intake.leave_with(usize::from(is_batch), is_batch, start + 1 >= Self::ITEMS);
                self.follow(way);
                if is_batch { self.end.arrive(number, start) } else { None }
            });
            let Some((item, seen)) = inside else { return false };
            seen.add(item);
            if self.end.pass_on(seen) {
                self.bell.ring();
            }
            self.follow(self.intake.done());
            true
        }
    }

    #[test]
    fn a_caller_is_woken_for_what_is_left_and_at_the_end() {
        for in_flight in [1, 2] {
            let mut model = loom::model::Builder::new();
            // Of all interleavings there are too many.
            model.preemption_bound = Some(3);
            model.check(move || {
                let flow = Flow::new(in_flight);
                let helper = {
                    let flow = flow.clone();
                    thread::spawn(move || while !flow.is_over() && flow.work() {})
                };
                while !flow.is_over() {
                    let rung = flow.bell.rung();
                    if !flow.work() && !flow.is_over() {
                        flow.bell.sleep(rung);
                    }
                }
                helper.join().unwrap();
                let flow = Arc::try_unwrap(flow).unwrap_or_else(|_| unreachable!("the helper is gone"));
                assert_eq!(flow.end.into_stage().unwrap().0.take(), [0, 1]);
            });
        }
    }
}
