//! The gate and the slots, under threads that nothing else brings together: no pool, and no call around them.
//!
//! What looks at each use of memory can run these as they are (CONTRIBUTING.md says what and how). That every
//! interleaving is right is what `models.rs` says, of the same things.

use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use crate::{
    gate::{self, Gate},
    slots::{Exclusive, Integers, Onto, Owned, Slots, Source},
};

const HELPERS: usize = 3;

/// Numbers that a helper each writes to without an atomic, through the one reference that its own part is.
fn parts(numbers: &mut [usize]) -> Vec<std::sync::Mutex<Option<&mut usize>>> {
    numbers.iter_mut().map(|number| std::sync::Mutex::new(Some(number))).collect()
}

#[test]
fn what_helpers_wrote_is_there_after_the_call_and_who_comes_late_writes_nothing() {
    for _ in 0..20 {
        let mut numbers = [0; HELPERS];
        let parts = parts(&mut numbers);
        let came = AtomicUsize::new(0);
        let work = |_: &Arc<Gate>| {
            let part = parts[came.fetch_add(1, Relaxed)].lock().unwrap().take();
            *part.expect("each helper has a part of its own") += 1;
        };
        let (helpers, gate) = gate::scope(&work, |door| {
            let met = Arc::new(Barrier::new(2));
            let helpers: Vec<_> = (0..HELPERS)
                .map(|helper| {
                    let (gate, met) = (door.gate().clone(), met.clone());
                    thread::spawn(move || {
                        let helped = gate.help();
                        // The first is waited for, so that some work is done; the others come when they come.
                        if helper == 0 {
                            met.wait();
                        }
                        helped
                    })
                })
                .collect();
            met.wait();
            (helpers, door.gate().clone())
        });
        drop(parts);
        let written: usize = numbers.iter().sum();
        let helped = helpers.into_iter().map(|helper| helper.join().unwrap());
        assert_eq!(helped.filter(|&helped| helped).count(), written);
        assert!(written >= 1 && !gate.help());
    }
}

#[test]
fn a_call_that_unwinds_waits_for_those_inside() {
    let entered = Arc::new(Barrier::new(2));
    let mut number = 0;
    let part = parts(std::slice::from_mut(&mut number));
    let mut helper = None;
    let work = |_: &Arc<Gate>| {
        entered.wait();
        thread::yield_now();
        **part[0].lock().unwrap().as_mut().unwrap() += 1;
        resume_unwind(Box::new("the helper's"));
    };
    let call = AssertUnwindSafe(|| {
        gate::scope(&work, |door| {
            let gate = door.gate().clone();
            helper = Some(thread::spawn(move || catch_unwind(AssertUnwindSafe(|| gate.help())).unwrap_err()));
            entered.wait();
            resume_unwind(Box::new("the caller's"));
        });
    });
    let payload = catch_unwind(call).unwrap_err();
    drop(part);
    assert_eq!((payload.downcast_ref(), number), (Some(&"the caller's"), 1));
    assert_eq!(helper.unwrap().join().unwrap().downcast_ref(), Some(&"the helper's"));
}

/// Maps all items of `source` on several threads, by runs that are cut, put back and done out of their order.
fn shared<S: Source, R: Send>(source: S, map: impl Fn(S::Item) -> R + Sync) -> Slots<S, R> {
    let slots = Slots::new(source);
    thread::scope(|scope| {
        for helper in 0..HELPERS {
            let (slots, map) = (&slots, &map);
            scope.spawn(move || {
                let step = |_, item| ControlFlow::<(), _>::Continue(map(item));
                while let Some(mut run) = slots.claim(|remaining| (remaining / HELPERS).min(7 + helper)) {
                    if run.index() % 2 == 0 {
                        run.put_back(5);
                    }
                    let mut rest = run.split_off(2);
                    let _ = rest.map(usize::MAX, step);
                    let _ = run.map(1, step);
                    let _ = run.map(usize::MAX, step);
                }
            });
        }
    });
    slots
}

#[test]
fn every_source_gives_each_item_and_keeps_each_result() {
    let strings = || (0..100).map(|i| i.to_string()).collect::<Vec<_>>();
    let longer = |text: String| text + "!";
    let expected: Vec<_> = strings().into_iter().map(longer).collect();

    assert_eq!(shared(Owned::new(strings()), longer).finish().unwrap(), expected);
    assert_eq!(shared(&strings()[..], |text: &String| longer(text.clone())).finish().unwrap(), expected);
    assert_eq!(shared(Integers::from(-50_i8..50), |i| i).finish().unwrap(), (-50..50).collect::<Vec<i8>>());

    let mut lent = strings();
    assert_eq!(shared(Exclusive::new(&mut lent), |text| text.push('!')).finish().unwrap().len(), 100);
    assert_eq!(lent, expected);

    let mut places = vec![String::new(); 100];
    let onto = Onto::new(Owned::new(strings()), &mut places);
    assert!(shared(onto, |(text, place)| *place = longer(text)).finish().is_some());
    assert_eq!(places, expected);
}

#[test]
fn what_a_call_leaves_undone_is_dropped_once() {
    let alive = Arc::new(());
    let items = || (0..100).map(|i| (i, alive.clone())).collect::<Vec<_>>();

    // Some unwind or break off, and each run has one that is not come to: what is left of a run is dropped with it.
    let slots = Slots::new(Owned::new(items()));
    thread::scope(|scope| {
        for _ in 0..HELPERS {
            scope.spawn(|| {
                for _ in 0..6 {
                    let Some(mut run) = slots.claim(|_| 5) else { return };
                    let step = |position, item: (usize, Arc<()>)| {
                        if position % 7 == 3 {
                            resume_unwind(Box::new(()));
                        }
                        if position % 11 == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(item) }
                    };
                    let _ = catch_unwind(AssertUnwindSafe(|| run.map(4, step)));
                }
            });
        }
    });
    assert_eq!(slots.claimed(), 90);
    assert!(slots.finish().is_none());
    assert_eq!(Arc::strong_count(&alive), 1);

    // Nothing was begun.
    drop(Slots::<_, ()>::new(Owned::new(items())));
    assert_eq!(Arc::strong_count(&alive), 1);

    // All was done, and the results are nobody's.
    drop(shared(Owned::new(items()), |item| item));
    assert_eq!(Arc::strong_count(&alive), 1);
}
