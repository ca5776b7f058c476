//! Model checks: the gate, the slots and the runs given back, in every interleaving that the memory model allows.
//!
//! `ci/models.sh` runs them. Loom stands in for the atomics and locks of those files (`sync.rs`) and reports any two
//! unordered accesses to one cell, any value that a weaker ordering lets through, and any thread that is never woken.

use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize as Counter, Ordering::Relaxed},
    },
};

use loom::{cell::UnsafeCell, thread};

use crate::{
    bell::Bell,
    failure::{Cause, Failure, Stopped},
    gate,
    nested::Request,
    returns::Returns,
    slots::{Owned, SlotRun, Slots, Source},
};

/// Maps the next `count` items to themselves.
fn keep<S: Source>(run: &mut SlotRun<'_, S, S::Item>, count: usize) {
    let _ = run.map(count, |_, item| ControlFlow::<(), _>::Continue(item));
}

/// A number that loom watches: it reports any two uses that nothing orders.
struct Watched(UnsafeCell<usize>);

// SAFETY: loom runs one thread at a time and panics at a use that races with another.
unsafe impl Sync for Watched {}

impl Watched {
    fn new() -> Self {
        Watched(UnsafeCell::new(0))
    }

    /// Adds one, and returns the sum.
    fn add(&self) -> usize {
        self.0.with_mut(|sum| {
            // SAFETY: loom has checked that nobody else is using the number.
            let sum = unsafe { &mut *sum };
            *sum += 1;
            *sum
        })
    }
}

#[test]
fn what_helpers_did_is_seen_and_nothing_is_touched_after_the_call() {
    loom::model(|| {
        let (borrowed, next) = ([Watched::new(), Watched::new()], Counter::new(0));
        // Each helper has a number of its own, so only the caller's uses can race with theirs.
        let work = |_: &Arc<gate::Gate>| _ = borrowed[next.fetch_add(1, Relaxed)].add();
        let (helpers, gate) = gate::scope(&work, |door| {
            let helper = || {
                let gate = door.gate().clone();
                thread::spawn(move || gate.help())
            };
            ([helper(), helper()], door.gate().clone())
        });
        // The borrow is over: any use by a helper must be ordered before these.
        let seen: usize = borrowed.iter().map(|watched| watched.add() - 1).sum();
        assert!(!gate.help());
        let helped = helpers.into_iter().filter_map(|helper| helper.join().unwrap().then_some(())).count();
        assert_eq!(seen, helped);
    });
}

#[test]
fn the_gate_is_closed_and_left_when_work_and_body_unwind() {
    loom::model(|| {
        let borrowed = Watched::new();
        let work = |_: &Arc<gate::Gate>| {
            borrowed.add();
            resume_unwind(Box::new(()));
        };
        let mut helper = None;
        let body = AssertUnwindSafe(|| {
            gate::scope(&work, |door| {
                let gate = door.gate().clone();
                helper = Some(thread::spawn(move || catch_unwind(AssertUnwindSafe(|| gate.help())).is_err()));
                resume_unwind(Box::new(()))
            })
        });
        assert!(catch_unwind(body).is_err());
        let came = borrowed.add() == 2;
        assert_eq!(helper.unwrap().join().unwrap(), came);
    });
}

/// Items and results that count how many of them live.
struct Counted(Arc<Counter>);

impl Counted {
    fn new(living: &Arc<Counter>) -> Self {
        living.fetch_add(1, Relaxed);
        Counted(living.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        // Below 0 it wraps, so that a value dropped twice is seen as well.
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Two helpers, and the caller if it `takes_part`, take runs of `run` items; each run is done up to `of_each`, and dropped.
///
/// Without the gate, which has models of its own, so that every interleaving can be tried: threads are joined instead.
/// With a caller that takes part there are too many; then those with up to two preemptions are tried.
fn share(takes_part: bool, items: usize, run: usize, of_each: usize) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = takes_part.then_some(2);
    model.check(move || {
        let (living, taken) = (Arc::new(Counter::new(0)), Arc::new(Counter::new(0)));
        let source = Owned::new((0..items).map(|i| (i, Counted::new(&living))).collect());
        let slots = Arc::new(Slots::new(source));
        let work = {
            let (slots, taken) = (slots.clone(), taken.clone());
            move || {
                while let Some(mut claimed) = slots.claim(|_| run) {
                    let start = claimed.index();
                    let mut rest = claimed.split_off(1);
                    // The parts in an order of their own: a run given back is done by whoever comes by.
                    for part in [&mut rest, &mut claimed] {
                        if part.index() < start + of_each {
                            let _ = part.map(usize::MAX, |_, (i, item)| {
                                taken.fetch_add(1, Relaxed);
                                ControlFlow::<(), _>::Continue((i, item))
                            });
                        }
                    }
                }
            }
        };
        let helpers = [thread::spawn(work.clone()), thread::spawn(work.clone())];
        if takes_part {
            work();
        }
        for helper in helpers {
            helper.join().unwrap();
        }
        drop(work);
        let results = Arc::into_inner(slots).unwrap().finish();
        assert_eq!(results.is_some(), of_each == run);
        if let Some(results) = results {
            assert!(results.iter().map(|(i, _)| *i).eq(0..items));
            assert_eq!((taken.load(Relaxed), living.load(Relaxed)), (items, items));
        }
        assert_eq!(living.load(Relaxed), 0);
    });
}

#[test]
fn every_item_is_taken_once_and_every_result_is_there() {
    share(false, 2, 1, 1);
    share(true, 3, 1, 1);
}

#[test]
fn runs_are_cut_without_a_seam() {
    share(false, 3, 2, 2);
    share(true, 3, 2, 2);
}

#[test]
fn runs_dropped_early_drop_their_items_and_the_results_go_too() {
    share(false, 3, 2, 1);
    share(true, 3, 2, 1);
}

#[test]
fn what_is_put_back_is_claimed_anew() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let living = Arc::new(Counter::new(0));
        let slots = Arc::new(Slots::new(Owned::new((0..3).map(|i| (i, Counted::new(&living))).collect::<Vec<_>>())));
        let map_all = |size: usize| {
            let slots = slots.clone();
            move || {
                while let Some(mut run) = slots.claim(|_| size) {
                    keep(&mut run, 1);
                    // A helper's run may or may not be the last that was claimed.
                    if !run.put_back(0) {
                        keep(&mut run, usize::MAX);
                    }
                }
            }
        };
        let mut all = slots.claim(|remaining| remaining).unwrap();
        let helpers = [thread::spawn(map_all(2)), thread::spawn(map_all(1))];
        keep(&mut all, 1);
        let is_last = all.put_back(0);
        assert!(is_last, "nobody could claim behind a run of everything");
        drop(all);
        map_all(1)();
        for helper in helpers {
            helper.join().unwrap();
        }
        let results = Arc::into_inner(slots).unwrap().finish().unwrap();
        assert!(results.iter().map(|(i, _)| *i).eq(0..3));
        drop(results);
        assert_eq!(living.load(Relaxed), 0);
    });
}

#[test]
fn the_lowest_failure_is_kept_and_what_lies_before_it_is_done() {
    for failing in [&[1, 2][..], &[0, 2], &[2]] {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || {
            let living = Arc::new(Counter::new(0));
            let source = Owned::new((0..3).map(|i| (i, Counted::new(&living))).collect::<Vec<_>>());
            let (slots, failure, done) = (Slots::new(source), Failure::<usize>::none(), Counter::new(0));
            let shared = Arc::new((slots, failure, done));
            // As the workers of a call go about it.
            let work = |shared: Arc<(Slots<_, _>, Failure<usize>, Counter)>| {
                let (slots, failure, done) = &*shared;
                while !failure.any() {
                    let Some(mut run) = slots.claim(|_| 1) else { break };
                    let index = run.index();
                    if failure.before(index) {
                        continue;
                    }
                    done.fetch_add(1 << (8 * index), Relaxed);
                    if failing.contains(&index) {
                        drop(run);
                        failure.record(index, Cause::Error(index));
                    } else {
                        keep(&mut run, 1);
                    }
                }
            };
            let helpers = [shared.clone(), shared.clone()].map(|shared| thread::spawn(move || work(shared)));
            helpers.into_iter().for_each(|helper| helper.join().unwrap());
            let (slots, failure, done) = Arc::into_inner(shared).unwrap();
            let Some(Stopped::Failed(lowest)) = failure.into_first() else { panic!("something failed") };
            assert_eq!(lowest, failing[0]);
            let done = done.load(Relaxed).to_le_bytes();
            assert!(done[..=lowest].iter().all(|&times| times == 1) && done.iter().all(|&times| times <= 1));
            assert!(slots.finish().is_none());
            assert_eq!(living.load(Relaxed), 0);
        });
    }
}

/// A worker gives a run back if others want one. Those who `wait` are callers, the others helpers.
fn give_back<const OTHERS: usize>(wait: [bool; OTHERS], preemption_bound: Option<usize>) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemption_bound;
    model.check(move || {
        let (returns, bell) = (Arc::new(Returns::<()>::new()), Arc::new(Bell::new()));
        let cell = Arc::new(Watched::new());
        let returnable = returns.returnable(&bell);
        let others = wait.map(|waits| {
            let (returns, bell, cell) = (returns.clone(), bell.clone(), cell.clone());
            thread::spawn(move || {
                let none = |_: &mut ()| None;
                let taken = if waits { returns.wait(&bell, none, || false) } else { returns.linger(&bell, none) };
                taken.map(|((), _returnable)| cell.add()).is_some()
            })
        });
        cell.add();
        let given = returns.wanted();
        if given {
            returns.give(());
            bell.ring();
        }
        drop(returnable);
        // Who gave a run looks for more before it goes, so none is left behind.
        let mut taken = usize::from(returns.take(&bell, |()| None).map(|((), _returnable)| cell.add()).is_some());
        taken += others.into_iter().filter_map(|other| other.join().unwrap().then_some(())).count();
        assert_eq!(taken, usize::from(given));
    });
}

#[test]
fn a_run_given_back_is_taken_once_and_nobody_waits_for_ever() {
    give_back([true], None);
    give_back([false], None);
    give_back([true, false], Some(2));
    give_back([false, false], Some(2));
}

#[test]
fn a_run_given_back_wakes_who_waits_and_whoever_takes_it_leaves_the_rest() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let (returns, bell) = (Arc::new(Returns::new()), Arc::new(Bell::new()));
        let returnable = returns.returnable(&bell);
        fn cut(run: &mut u32) -> Option<u32> {
            (*run > 1).then(|| std::mem::replace(run, 1) - 1)
        }
        let caller = {
            let (returns, bell) = (returns.clone(), bell.clone());
            thread::spawn(move || {
                std::iter::from_fn(|| returns.wait(&bell, cut, || false)).map(|(run, _)| run).sum::<u32>()
            })
        };
        let helper = {
            let (returns, bell) = (returns.clone(), bell.clone());
            thread::spawn(move || returns.linger(&bell, cut).map_or(0, |(run, _)| run))
        };
        returns.give(2);
        bell.ring();
        drop(returnable);
        assert_eq!(caller.join().unwrap() + helper.join().unwrap(), 2);
    });
}

/// A call behind a gate whose helper makes a call of its own, which wants a helper: only the caller is there to help.
#[test]
fn a_caller_that_waits_helps_the_call_that_it_waits_for() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let helped = Watched::new();
        let inner = |_: &Arc<gate::Gate>| _ = helped.add();
        let outer = |_: &Arc<gate::Gate>| {
            gate::scope(&inner, |door| {
                let request = Request::new(door.gate());
                door.gate().nested().show(&request);
            });
        };
        let helper = gate::scope(&outer, |door| {
            let gate = door.gate().clone();
            thread::spawn(move || gate.help())
        });
        helper.join().unwrap();
        // The use by whoever helped is ordered before this one.
        assert!(helped.add() <= 2);
    });
}

/// As above, with a helper that goes on only when it was helped: the caller must be woken for it.
#[test]
fn a_caller_that_sleeps_is_woken_to_help() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let helped = Bell::new();
        let inner = |_: &Arc<gate::Gate>| helped.ring();
        let outer = |_: &Arc<gate::Gate>| {
            gate::scope(&inner, |door| {
                let request = Request::new(door.gate());
                door.gate().nested().show(&request);
                helped.sleep(0);
            });
        };
        let helper = gate::scope(&outer, |door| {
            let gate = door.gate().clone();
            thread::spawn(move || gate.help())
        });
        helper.join().unwrap();
    });
}
