//! `fold`: results folded strictly in input order, while the items behind are mapped.
//!
//! Whoever is at work on the next item to be folded folds its results as they come. The others keep theirs until their run
//! is done and leave them here; whoever folds last before them takes them up. So the fold needs no thread of its own, and
//! none waits for it but a caller that would run too far ahead. No code of the user runs under the lock.

use std::{
    collections::BTreeMap,
    fmt,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    end::End,
    failure::Failure,
    infer::Values,
    sync::{AtomicUsize, Condvar, Mutex, Ordering, lock},
    work::Run,
};

/// Results folded in order.
///
/// # Memory ordering
///
/// `settled` is `Relaxed`: a bound on how far ahead others may run. Everything else is under the lock.
pub struct Fold<A, G, V> {
    state: Mutex<State<A, G, V>>,
    /// A copy of `State::next`, to be read without the lock.
    settled: AtomicUsize,
    advanced: Condvar,
}

struct State<A, G, V> {
    /// What the results so far were folded into, and how to go on. `None` while a worker folds, and for good after a panic
    /// of the fold.
    folded: Option<(A, G)>,
    /// The position of the next result to be folded.
    next: usize,
    /// The results of runs that finished early, by the position of their first.
    waiting: BTreeMap<usize, Vec<V>>,
    /// A caller sleeps until `next` is this.
    sleeping: Option<usize>,
}

/// `fold = (init, combine)`.
#[must_use]
pub fn fold<A: Send, V: Send, G: FnMut(A, V) -> A + Send>(_values: Values<V>, init: A, combine: G) -> Fold<A, G, V> {
    let state = State { folded: Some((init, combine)), next: 0, waiting: BTreeMap::new(), sleeping: None };
    Fold { state: Mutex::new(state), settled: AtomicUsize::new(0), advanced: Condvar::new() }
}

impl<A, G, V> fmt::Debug for Fold<A, G, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold").field("settled", &self.settled).finish_non_exhaustive()
    }
}

impl<A, G: FnMut(A, V) -> A, V> Fold<A, G, V> {
    /// Takes the fold, if it is free and `start` is next.
    fn lead_from(&self, start: usize) -> Option<Lead<'_, A, G, V>> {
        // Once `start` is next it stays so, for its result is this worker's.
        if self.settled.load(Ordering::Relaxed) != start {
            return None;
        }
        Lead::take(self, &mut lock(&self.state))
    }
}

/// The fold in the hands of one worker; put back when this is dropped.
struct Lead<'f, A, G, V> {
    fold: &'f Fold<A, G, V>,
    /// `None` only while `combine` runs, and so after it unwound.
    folded: Option<A>,
    combine: Option<G>,
    next: usize,
}

impl<'f, A, G: FnMut(A, V) -> A, V> Lead<'f, A, G, V> {
    fn take(fold: &'f Fold<A, G, V>, state: &mut State<A, G, V>) -> Option<Self> {
        let (folded, combine) = state.folded.take()?;
        Some(Lead { fold, folded: Some(folded), combine: Some(combine), next: state.next })
    }

    #[inline]
    fn fold(&mut self, value: V) {
        if let (Some(folded), Some(combine)) = (self.folded.take(), &mut self.combine) {
            self.folded = Some(combine(folded, value));
            self.next += 1;
        }
    }

    /// Folds what waited; notes a panic of the fold as that of the item at which it happened.
    fn fold_all<X>(&mut self, values: Vec<V>, failure: &Failure<X>) {
        let folded = catch_unwind(AssertUnwindSafe(|| values.into_iter().for_each(|value| self.fold(value))));
        if let Err(payload) = folded {
            failure.record_panic(self.next, payload);
        }
    }

    /// Whether the fold can go on.
    fn is_whole(&self) -> bool {
        self.folded.is_some()
    }
}

impl<A, G, V> Drop for Lead<'_, A, G, V> {
    fn drop(&mut self) {
        // Before the lock, as after a panic of `combine` this drops what it holds.
        let folded = self.folded.take().zip(self.combine.take());
        let is_over = folded.is_none();
        let mut state = lock(&self.fold.state);
        (state.folded, state.next) = (folded, self.next);
        self.fold.settled.store(self.next, Ordering::Relaxed);
        // A fold that has panicked gets no further, and its failure is known by now: who sleeps is woken by that.
        if state.sleeping.is_some_and(|until| until <= self.next || is_over) {
            self.fold.advanced.notify_all();
        }
    }
}

/// The results of a run that are not folded yet.
#[derive(Debug)]
pub struct Unfolded<V> {
    /// The position of the first.
    start: usize,
    values: Vec<V>,
}

impl<V> Default for Unfolded<V> {
    fn default() -> Self {
        Unfolded { start: 0, values: Vec::new() }
    }
}

impl<A: Send, G: FnMut(A, V) -> A + Send, V: Send> End<V> for Fold<A, G, V> {
    type Output = A;
    type Cell = ();
    type Part = Unfolded<V>;
    const ORDERED: bool = true;

    #[inline]
    fn map<T, X, R: Run<Item = T, Cell = ()>>(
        &self,
        unfolded: &mut Unfolded<V>,
        run: &mut R,
        count: usize,
        failure: &Failure<X>,
        mut each: impl FnMut(usize, T) -> ControlFlow<X, V>,
    ) -> ControlFlow<X> {
        if unfolded.values.is_empty() {
            unfolded.start = run.index();
        }
        let Some(mut lead) = self.lead_from(unfolded.start) else {
            return run.map(count, |index, item| {
                unfolded.values.push(each(index, item)?);
                ControlFlow::Continue(())
            });
        };
        lead.fold_all(std::mem::take(&mut unfolded.values), failure);
        if !lead.is_whole() {
            return ControlFlow::Continue(());
        }
        run.map(count, |index, item| {
            lead.fold(each(index, item)?);
            ControlFlow::Continue(())
        })
    }

    fn finish_run<X>(&self, unfolded: Unfolded<V>, failure: &Failure<X>) {
        let mut state = lock(&self.state);
        if !unfolded.values.is_empty() {
            state.waiting.insert(unfolded.start, unfolded.values);
        }
        // While another folds there is nothing to take: it comes by here when its run is done, and looks as well.
        while state.folded.is_some() {
            let next = state.next;
            let Some(values) = state.waiting.remove(&next) else { return };
            let Some(mut lead) = Lead::take(self, &mut state) else { return };
            drop(state);
            lead.fold_all(values, failure);
            drop(lead);
            state = lock(&self.state);
        }
    }

    fn settled(&self) -> usize {
        self.settled.load(Ordering::Relaxed)
    }

    fn wait(&self, until: usize, woken: impl Fn() -> bool) {
        let mut state = lock(&self.state);
        while state.next < until && !woken() {
            state.sleeping = Some(until);
            state = self.advanced.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        state.sleeping = None;
    }

    fn wake(&self) {
        let state = lock(&self.state);
        if state.sleeping.is_some() {
            self.advanced.notify_all();
        }
    }

    fn output(self, _cells: Vec<()>) -> A {
        let state = self.state.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.folded.expect("a call that did not end early has folded every result").0
    }
}

#[cfg(all(test, loom))]
mod models {
    use loom::{sync::Arc, thread};

    use super::*;

    type Folded = Fold<Vec<usize>, fn(Vec<usize>, usize) -> Vec<usize>, usize>;

    fn new() -> Arc<Folded> {
        let push: fn(Vec<usize>, usize) -> Vec<usize> = |mut folded, value| {
            folded.push(value);
            folded
        };
        Arc::new(fold(crate::infer::values(), Vec::new(), push))
    }

    /// A worker's run of one item, mapped in one block.
    fn run(fold: &Folded, item: usize) {
        let failure = Failure::<()>::none();
        let mut unfolded = Unfolded { start: item, values: Vec::new() };
        match fold.lead_from(item) {
            Some(mut lead) => lead.fold(item),
            None => unfolded.values.push(item),
        }
        fold.finish_run(unfolded, &failure);
    }

    #[test]
    fn results_are_folded_in_order_whoever_comes_first() {
        loom::model(|| {
            let fold = new();
            let workers = [2, 1].map(|item| {
                let fold = fold.clone();
                thread::spawn(move || run(&fold, item))
            });
            run(&fold, 0);
            workers.into_iter().for_each(|worker| worker.join().unwrap());
            let fold = Arc::try_unwrap(fold).unwrap_or_else(|_| unreachable!("the workers are gone"));
            assert_eq!(fold.output(Vec::new()), [0, 1, 2]);
        });
    }

    #[test]
    fn a_caller_that_waits_is_woken_by_who_folds_or_fails() {
        for fails in [false, true] {
            loom::model(move || {
                let (fold, failed) = (new(), Arc::new(AtomicUsize::new(0)));
                let worker = {
                    let (fold, failed) = (fold.clone(), failed.clone());
                    thread::spawn(move || {
                        if fails {
                            failed.store(1, Ordering::Relaxed);
                            fold.wake();
                        } else {
                            run(&fold, 0);
                        }
                    })
                };
                run(&fold, 1);
                fold.wait(1, || failed.load(Ordering::Relaxed) == 1);
                assert!(fails || fold.settled() > 0);
                worker.join().unwrap();
            });
        }
    }

    #[test]
    fn a_caller_that_waits_is_woken_by_a_fold_that_panics() {
        loom::model(|| {
            let push: fn(Vec<usize>, usize) -> Vec<usize> = |_, _| std::panic::resume_unwind(Box::new("the fold"));
            let fold = Arc::new(fold(crate::infer::values(), Vec::new(), push));
            let failure = Arc::new(Failure::<()>::none());
            let worker = {
                let (fold, failure) = (fold.clone(), failure.clone());
                thread::spawn(move || fold.finish_run(Unfolded { start: 0, values: vec![0] }, &failure))
            };
            fold.finish_run(Unfolded { start: 1, values: vec![1] }, &failure);
            fold.wait(1, || failure.any());
            worker.join().unwrap();
            assert!(failure.any() && fold.settled() == 0);
        });
    }
}
