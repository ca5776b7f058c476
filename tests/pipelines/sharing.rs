//! Who does what: several workers where that helps, as many as are allowed, none where it does not.

use std::{
    collections::HashSet,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use parmap::pipeline;

use crate::{
    meeting::Meeting,
    process::{in_a_process_of_its_own, threads},
    work::{Cost, mix},
};

/// Takes so long that every item is a batch, and worth a helper, however fast the machine.
fn pay_dearly() {
    thread::sleep(Duration::from_micros(200));
}

/// The items from which on workers meet: those before show what items cost.
const FROM: u64 = 30;

#[test]
fn parallel_stages_have_several_workers() {
    in_a_process_of_its_own("sharing::parallel_stages_have_several_workers", &[], || {
        for width in [2, 3] {
            let meeting = Meeting::of(width);
            let work = |x| {
                pay_dearly();
                x < FROM || meeting.meet()
            };
            let count = pipeline!(0..200_u64, par(work), par_filter(|&met| met), count(), processes = width);
            assert_eq!(count, 200);
        }
    });
}

#[test]
fn two_serial_stages_run_at_the_same_time() {
    in_a_process_of_its_own("sharing::two_serial_stages_run_at_the_same_time", &[], || {
        let meeting = Meeting::of(2);
        // The second stage with one item meets the first stage with a later one.
        let meet = |x, from| {
            pay_dearly();
            assert!(x < from || meeting.meet());
            x
        };
        let count =
            pipeline!(0..200, serial(|x| meet(x, FROM + 1)), serial(|x| meet(x, FROM)), count(), processes = 2,);
        assert_eq!(count, 200);
    });
}

#[test]
fn the_source_is_pulled_while_stages_work() {
    in_a_process_of_its_own("sharing::the_source_is_pulled_while_stages_work", &[], || {
        let meeting = Meeting::of(2);
        // The stage with one item meets the source at a later one.
        let meet = |x, from| {
            pay_dearly();
            assert!(x < from || meeting.meet());
            x
        };
        let source = (0..200).map(|x| meet(x, FROM + 1));
        assert_eq!(pipeline!(source, par(|x| meet(x, FROM)), count(), processes = 2), 200);
    });
}

#[test]
fn a_stage_has_no_more_workers_than_it_may() {
    for (width, processes) in [(1, 7), (2, 7), (3, 3)] {
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |x| {
            most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
            Cost::Even(20_000).pay(x);
            inside.fetch_sub(1, SeqCst);
            mix(x)
        };
        let found = pipeline!(
            0..1_000,
            par(|x| {
                Cost::Even(2_000).pay(x);
                x
            }),
            par(work, processes = width),
            par(|x| {
                Cost::Even(2_000).pay(x);
                x
            }),
            collect(),
            processes = processes,
        );
        assert!(found.into_iter().eq((0..1_000).map(mix)));
        assert!(most.into_inner() <= width);
    }
}

#[test]
fn a_stage_has_as_many_workers_as_it_may() {
    in_a_process_of_its_own("sharing::a_stage_has_as_many_workers_as_it_may", &[], || {
        let meeting = Meeting::of(2);
        let meet = |x| {
            pay_dearly();
            assert!(x < FROM || meeting.meet());
            x
        };
        assert_eq!(pipeline!(0..200, par(meet, processes = 2), count(), processes = 3), 200);
    });
}

#[test]
fn no_more_workers_than_the_pipeline_may_have() {
    for processes in [1, 2, 3] {
        let seen = Mutex::new(HashSet::new());
        let work = |x: u64| {
            Cost::Even(20_000).pay(x);
            seen.lock().unwrap().insert(thread::current().id());
        };
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let count = |x| {
            most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
            work(x);
            inside.fetch_sub(1, SeqCst);
            x
        };
        assert_eq!(pipeline!(0..300, par(count), serial(count), par(count), count(), processes = processes), 300);
        assert!(most.into_inner() <= processes);
        assert!(processes > 1 || seen.into_inner().unwrap() == HashSet::from([thread::current().id()]));
    }
}

#[test]
fn tiny_streams_start_no_thread() {
    // A caller that the system stops in the middle of a stream takes that for slow items, and may ask for help once. It is
    // not stopped every time.
    let started_none = (0..10).any(|_| {
        let text = in_a_process_of_its_own("sharing::tiny_streams_start_no_thread", &[], || {
            let before = threads();
            for call in 0..1_000 {
                let items = call % 20;
                let sum = pipeline!(0..items, par(mix), serial(|x| x), par(|x| x % 7), sum());
                assert_eq!(sum, (0..items).map(|x| mix(x) % 7).sum::<u64>());
            }
            println!("started {} threads", threads() - before);
        });
        text.is_empty() || text.contains("started 0 threads")
    });
    assert!(started_none, "in each of ten processes");
}

#[test]
fn one_process_starts_no_thread_whatever_there_is_to_do() {
    in_a_process_of_its_own("sharing::one_process_starts_no_thread_whatever_there_is_to_do", &[], || {
        let before = threads();
        let work = |x| {
            pay_dearly();
            x
        };
        assert_eq!(pipeline!(0..200, par(work), serial(|x| x), count(), processes = 1), 200);
        assert_eq!(threads(), before);
    });
}

#[test]
fn it_finishes_where_no_thread_can_be_had() {
    let environment = [("RUST_MIN_STACK", "4611686018427387904")];
    in_a_process_of_its_own("sharing::it_finishes_where_no_thread_can_be_had", &environment, || {
        let work = |x| {
            pay_dearly();
            x
        };
        for _ in 0..3 {
            assert_eq!(pipeline!(0..100, par(work), serial(|x| x), count(), processes = 4), 100);
        }
    });
}
