//! What calls are told from outside: by `with`, and by the environment, which is the strongest.

use std::{
    collections::{HashSet, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Mutex,
    thread::{self, ThreadId},
    time::Duration,
};

use parmap::{Settings, each, indexed, par_map, parmap, with};

use crate::{
    meeting::Meeting,
    process::{in_a_process_of_its_own, is_child, threads},
};

/// Notes in which order a call comes to its items.
type Seen = Mutex<Vec<usize>>;

#[parmap(global = seen, chunksize = 4)]
fn visit(x: usize, seen: &Seen) -> usize {
    seen.lock().unwrap().push(x);
    x
}

/// The order in which a call alone comes to its items, under settings.
fn order_of(settings: Settings, call: impl FnOnce(&Seen)) -> Vec<usize> {
    let seen = Seen::default();
    with(settings.processes(1), || call(&seen));
    seen.into_inner().unwrap()
}

/// The chunk size that [`visit`] has here: what all items that do not follow their neighbour are multiples of.
fn chunksize() -> usize {
    let order = order_of(Settings::new().shuffle(1), |seen| _ = visit(0..1_000, seen));
    let divide = |a: usize, b: usize| {
        let (mut a, mut b) = (a, b);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    order.windows(2).filter(|two| two[1] != two[0] + 1).fold(0, |size, two| divide(size, two[1]))
}

#[test]
fn the_innermost_is_the_strongest_and_the_attribute_the_weakest() {
    let sized = |size| Settings::new().chunksize(size);
    assert_eq!(chunksize(), 4);
    with(sized(10), || {
        assert_eq!(chunksize(), 10);
        with(sized(6), || {
            assert_eq!(chunksize(), 6);
            // What says nothing leaves the matter to those around.
            with(Settings::new(), || assert_eq!(chunksize(), 6));
            with(sized(0).processes(2), || assert_eq!(chunksize(), 6));
        });
        assert_eq!(chunksize(), 10);
        let elsewhere = thread::scope(|scope| scope.spawn(chunksize).join().unwrap());
        assert_eq!(elsewhere, 4, "other threads are not told");
    });
    assert_eq!(chunksize(), 4);
    assert_eq!(with(sized(7).chunksize(9), || with(sized(8), chunksize) + chunksize()), 17);
}

#[test]
fn processes_as_the_strongest_says() {
    in_a_process_of_its_own("settings::processes_as_the_strongest_says", &[], || {
        fn meet(meeting: &Meeting) -> (bool, ThreadId) {
            // Long enough for the sites to expect items that are worth a helper.
            thread::sleep(Duration::from_millis(5));
            (meeting.meet(), thread::current().id())
        }
        #[parmap(global = meeting, processes = 1)]
        fn one(_item: u32, meeting: &Meeting) -> (bool, ThreadId) {
            meet(meeting)
        }
        #[parmap(global = meeting, processes = 2)]
        fn two(_item: u32, meeting: &Meeting) -> (bool, ThreadId) {
            meet(meeting)
        }
        let sized = |processes| Settings::new().processes(processes);
        let together = |results: Vec<(bool, ThreadId)>| {
            assert!(results.iter().all(|result| result.0) && results[0].1 != results[1].1);
        };
        let alone = |results: Vec<(bool, ThreadId)>| {
            assert!(results.iter().all(|result| result.1 == thread::current().id()));
        };
        // Those who are alone find nobody missing.
        let (pair, nobody) = (|| Meeting::of(2), Meeting::of(0));
        alone(one(0..20, &nobody));
        together(two(0..2, &pair()));
        alone(with(sized(1), || two(0..20, &nobody)));
        together(with(sized(2), || one(0..2, &pair())));
        alone(with(sized(2), || with(sized(1), || two(0..20, &nobody))));
        together(with(sized(1), || with(sized(2), || one(0..2, &pair()))));
        alone(with(sized(1), || with(sized(0), || two(each(0..20), &nobody))));
    });
}

#[test]
fn settings_end_with_their_body_however_it_ends() {
    let sized = |size| Settings::new().chunksize(size);
    catch_unwind(|| with(sized(10), || resume_unwind(Box::new("the body")))).unwrap_err();
    assert_eq!(chunksize(), 4);
    with(sized(10), || {
        let unlucky = |i: u32| if i == 70 { resume_unwind(Box::new(i)) } else { i };
        let call = || with(sized(6), || par_map!(unlucky, 0..100, processes = 3).len());
        assert_eq!(catch_unwind(call).unwrap_err().downcast_ref(), Some(&70_u32));
        assert_eq!(chunksize(), 10);
    });
    assert_eq!(chunksize(), 4);
}

#[test]
fn calls_that_items_make_on_any_thread_go_by_them() {
    in_a_process_of_its_own("settings::calls_that_items_make_on_any_thread_go_by_them", &[], || {
        // Both items are under way on threads of their own when each makes its call.
        #[parmap(global = meeting, processes = 2)]
        fn order(_item: u32, meeting: &Meeting) -> (Vec<usize>, ThreadId) {
            // Long enough for the site to expect items that are worth a helper.
            thread::sleep(Duration::from_millis(10));
            assert!(meeting.meet());
            (order_of(Settings::new(), |seen| _ = visit(0..300, seen)), thread::current().id())
        }
        let orders = |expected: Vec<usize>| {
            for results in [order(0..2, &Meeting::of(2)), order(each(0..2), &Meeting::of(2))] {
                assert!(results.iter().all(|result| result.0 == expected));
                assert_ne!(results[0].1, results[1].1);
            }
        };
        let seed = |seed| Settings::new().shuffle(seed);
        let shuffled = |number| order_of(seed(number), |seen| _ = visit(0..300, seen));
        let in_order = || (0..300).collect();
        orders(in_order());
        with(seed(7), || {
            orders(shuffled(7));
            with(seed(9), || orders(shuffled(9)));
            orders(shuffled(7));
        });
        // The helpers that were told are told no more, however their call ended.
        orders(in_order());
        let meeting = Meeting::of(2);
        let fail = |_: u32| -> u32 {
            meeting.meet();
            resume_unwind(Box::new(()))
        };
        let call = || par_map!(fail, 0..2, processes = 2).len();
        catch_unwind(AssertUnwindSafe(|| with(seed(7), call))).unwrap_err();
        orders(in_order());
    });
}

#[test]
fn a_seed_decides_the_order_and_every_item_comes_once() {
    type Call = fn(&Seen);
    let deque = || {
        let mut deque: VecDeque<usize> = (100..1_000).collect();
        (0..100).rev().for_each(|x| deque.push_front(x));
        deque
    };
    // One that can be named in the list of calls.
    static DEQUE: fn() -> VecDeque<usize> = || (0..1_000).collect();
    let calls: [Call; 8] = [
        |seen| _ = visit(0..1_000, seen),
        |seen| _ = visit((0..1_000).collect::<Vec<_>>(), seen),
        |seen| _ = visit(&(0..1_000).collect::<Vec<_>>(), seen),
        |seen| _ = visit(DEQUE(), seen),
        |seen| _ = visit(each(0..1_000), seen),
        |seen| _ = visit(each((0..1_000).filter(|_| true)), seen),
        |seen| _ = visit(indexed(0..1_000), seen),
        |seen| _ = par_map!(|x| visit(x, seen), 0..1_000, reduce = sum),
    ];
    let shuffled = |seed, call: Call| order_of(Settings::new().shuffle(seed), call);
    for call in calls {
        assert!(order_of(Settings::new(), call).into_iter().eq(0..1_000), "the loop's order");
        let orders: Vec<Vec<usize>> = (0..5).map(|seed| shuffled(seed, call)).collect();
        for (seed, order) in orders.iter().enumerate() {
            assert_eq!(*order, shuffled(seed as u64, call), "the same seed");
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..1_000));
            assert!(!order.is_sorted());
        }
        assert_eq!(HashSet::<&Vec<usize>>::from_iter(&orders).len(), 5, "every seed another order");
    }
    // With several workers as well, whose results are in input order all the same.
    for seed in 0..5 {
        let seen = Seen::default();
        let results = with(Settings::new().processes(3).shuffle(seed), || visit(deque(), &seen));
        assert!(results.into_iter().eq(0..1_000));
        let mut order = seen.into_inner().unwrap();
        assert!(!order.is_sorted());
        order.sort_unstable();
        assert!(order.into_iter().eq(0..1_000));
    }
    // An inner seed is stronger, and one of nobody's is that of those around.
    let of = |seed| Settings::new().shuffle(seed);
    let (one, two) = (shuffled(1, calls[0]), shuffled(2, calls[0]));
    assert_eq!(with(of(1), || shuffled(2, calls[0])), two);
    assert_eq!(with(of(1), || order_of(Settings::new(), calls[0])), one);
}

#[test]
fn one_process_in_the_environment_makes_everything_run_on_the_caller() {
    let test = "settings::one_process_in_the_environment_makes_everything_run_on_the_caller";
    in_a_process_of_its_own(test, &[("PARMAP_PROCESSES", " 1 ")], || {
        let here = thread::current().id();
        let before = threads();
        let who = |_: u32| {
            thread::sleep(Duration::from_micros(300));
            assert_eq!(thread::current().id(), here);
            1
        };
        #[parmap(processes = 4, chunksize = 1)]
        fn annotated(_item: u32) -> ThreadId {
            thread::sleep(Duration::from_micros(300));
            thread::current().id()
        }
        let calls = || {
            assert_eq!(annotated(0..100), [here; 100]);
            assert_eq!(annotated(each(0..100)), [here; 100]);
            assert_eq!(par_map!(who, 0..100, processes = 7), [1; 100]);
            assert_eq!(par_map!(who, 0..100, processes = 7, reduce = sum), 100);
            assert_eq!(par_map!(who, indexed(0..100), fold = (0, |sum, one| sum + one)), 100);
        };
        calls();
        with(Settings::new().processes(3), calls);
        with(Settings::new().processes(3).shuffle(1), calls);
        assert_eq!(threads(), before, "no thread was started");
    });
}

#[test]
fn processes_in_the_environment_are_the_strongest() {
    let test = "settings::processes_in_the_environment_are_the_strongest";
    in_a_process_of_its_own(test, &[("PARMAP_PROCESSES", "2")], || {
        let meet = |_: u32, meeting: &Meeting| meeting.meet();
        let two = || Meeting::of(2);
        assert_eq!(par_map!(meet, 0..2, global = &two(), processes = 1), [true; 2]);
        with(Settings::new().processes(1), || assert_eq!(par_map!(meet, 0..2, global = &two()), [true; 2]));
        let who = |_: u32| {
            thread::sleep(Duration::from_micros(300));
            thread::current().id()
        };
        let workers: HashSet<ThreadId> = par_map!(who, 0..200, processes = 7).into_iter().collect();
        assert!(workers.len() <= 2);
    });
}

#[test]
fn the_chunksize_in_the_environment_is_the_strongest() {
    let test = "settings::the_chunksize_in_the_environment_is_the_strongest";
    in_a_process_of_its_own(test, &[("PARMAP_CHUNKSIZE", "9")], || {
        assert_eq!(chunksize(), 9);
        assert_eq!(with(Settings::new().chunksize(5), chunksize), 9);
    });
}

#[test]
fn the_schedule_in_the_environment_is_the_strongest() {
    let test = "settings::the_schedule_in_the_environment_is_the_strongest";
    let order = |settings| order_of(settings, |seen| _ = visit(0..1_000, seen));
    let text = in_a_process_of_its_own(test, &[("PARMAP_SCHEDULE", "shuffle:5")], || {
        let shuffled = order(Settings::new());
        println!("the order {shuffled:?}");
        assert_eq!(shuffled, order(Settings::new().shuffle(6)));
    });
    if !is_child() {
        let expected = format!("the order {:?}\n", order(Settings::new().shuffle(5)));
        assert!(text.contains(&expected), "not the order of this seed:\n{text}");
    }
}

#[test]
fn malformed_variables_are_reported_once_and_ignored() {
    let test = "settings::malformed_variables_are_reported_once_and_ignored";
    let malformed = [
        [("PARMAP_PROCESSES", "two"), ("PARMAP_CHUNKSIZE", "0"), ("PARMAP_SCHEDULE", "shuffle:x")],
        [("PARMAP_PROCESSES", "-1"), ("PARMAP_CHUNKSIZE", ""), ("PARMAP_SCHEDULE", "static")],
    ];
    for variables in malformed {
        let text = in_a_process_of_its_own(test, &variables, || {
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| (0..10).for_each(|_| assert_eq!(chunksize(), 4)));
                }
            });
            assert!(order_of(Settings::new(), |seen| _ = visit(0..100, seen)).is_sorted());
        });
        if is_child() {
            return;
        }
        let mut lines: Vec<&str> = text.lines().filter(|line| line.starts_with("parmap: ")).collect();
        lines.sort_unstable();
        let takes = [
            "a number of threads, at least 1",
            "a number of items, at least 1",
            "`shuffle:SEED`, with a number as the seed",
        ];
        let mut expected: Vec<String> = variables
            .iter()
            .zip(takes)
            .map(|((name, value), takes)| format!("parmap: {name}={value} is ignored: it takes {takes}"))
            .collect();
        expected.sort_unstable();
        assert_eq!(lines, expected);
    }
}
