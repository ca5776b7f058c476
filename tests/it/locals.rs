//! `local`: one state a worker, made on its first item, used by nobody else, and gone when the call returns.

use std::{
    io::{Cursor, Read},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    thread,
    time::Duration,
};

use parmap::{CancelToken, Cancelled, Settings, each, indexed, par_map, parmap, with};
use rayon::prelude::*;

use crate::{
    counted::{Census, Counted},
    meeting::Meeting,
    oracle::mix,
    process::in_a_process_of_its_own,
    widths::{GROUPED, every_order, every_schedule},
};

/// A state that notices when two use it.
struct Own<'c> {
    used: AtomicBool,
    _counted: Counted<'c>,
}

impl<'c> Own<'c> {
    fn new(census: &'c Census) -> Self {
        Own { used: AtomicBool::new(false), _counted: census.count(0) }
    }

    fn use_for<R>(&mut self, work: impl FnOnce() -> R) -> R {
        assert!(!self.used.swap(true, SeqCst), "two at once");
        let result = work();
        // Not after a panic: a state that an item left half changed is not for another.
        self.used.store(false, SeqCst);
        result
    }
}

#[parmap(global = (census, p, c), processes = p, chunksize = c, local(own = Own::new(census)))]
fn with_own<'c>(x: u64, census: &'c Census, p: usize, c: usize, own: &mut Own<'c>) -> u64 {
    let _ = (census, p, c);
    own.use_for(|| mix(x))
}

/// What must hold of the states of a call that has returned.
fn check_states(census: &Census, items: usize, workers: usize) {
    assert_eq!(census.living(), 0, "the call has returned");
    assert!(census.made() <= workers.min(items), "{} states for {workers} workers", census.made());
    assert!(census.made() > 0 || items == 0);
}

#[test]
fn one_for_each_worker_at_most() {
    for n in GROUPED {
        let expected: Vec<u64> = (0..n as u64).map(mix).collect();
        every_schedule(|p, c| {
            let check = |call: &dyn Fn(&Census) -> Vec<u64>| {
                let census = Census::default();
                assert_eq!(call(&census), expected);
                check_states(&census, n, p);
            };
            check(&|census| with_own(0..n as u64, census, p, c));
            check(&|census| with_own((0..n as u64).collect::<Vec<_>>(), census, p, c));
            check(&|census| with_own(each(0..n as u64), census, p, c));
            check(&|census| with_own(each((0..n as u64).filter(|_| true)), census, p, c));
            check(&|census| with_own(indexed((0..n).into_par_iter().map(|i| i as u64)), census, p, c));
            check(&|census| {
                let work = |x, own: &mut Own<'_>| own.use_for(|| mix(x));
                par_map!(work, 0..n as u64, local(own = Own::new(census)), processes = p, chunksize = c)
            });
        });
    }
}

#[test]
fn exactly_one_for_one_worker_and_for_one_item() {
    let census = Census::default();
    assert_eq!(with_own(7, &census, 4, 0), mix(7));
    assert_eq!((census.made(), census.living()), (1, 0));
    for seed in [None, Some(4)] {
        let settings = seed.map_or(Settings::new(), |seed| Settings::new().shuffle(seed));
        with(settings, || {
            for items in [1, 2, 300, 10_000] {
                let census = Census::default();
                with_own(0..items, &census, 1, 0);
                with_own(each(0..items), &census, 1, 0);
                with_own(indexed((0..items as u32).into_par_iter().map(u64::from)), &census, 1, 0);
                assert_eq!((census.made(), census.living()), (3, 0));
            }
        });
    }
    with_own(0..0, &census, 4, 0);
    with_own(each(0..0), &census, 4, 0);
    assert_eq!(census.made(), 1, "no item, no state");
}

#[test]
fn helpers_that_come_and_go_take_up_what_others_left() {
    in_a_process_of_its_own("locals::helpers_that_come_and_go_take_up_what_others_left", &[], || {
        // Three workers meet early and late. In between lies a source so slow that helpers give up and leave.
        let (early, late) = (100..103, 997..1_000);
        let meetings = [Meeting::of(3), Meeting::of(3)];
        let items = (0..1_000).inspect(|i| {
            if (150..900).contains(i) {
                thread::sleep(Duration::from_micros(200));
            }
        });
        let work = |i: usize, own: &mut Own<'_>| {
            own.use_for(|| {
                thread::sleep(Duration::from_micros(if (100..=900).contains(&i) { 0 } else { 200 }));
                for (meeting, when) in meetings.iter().zip([&early, &late]) {
                    assert!(!when.contains(&i) || meeting.meet());
                }
                i * 2
            })
        };
        let census = Census::default();
        let results = par_map!(work, each(items), local(own = Own::new(&census)), processes = 3, chunksize = 1);
        assert!(results.into_iter().eq((0..1_000).map(|i| i * 2)));
        assert_eq!((census.made(), census.living()), (3, 0));
    });
}

#[test]
fn two_workers_have_two() {
    in_a_process_of_its_own("locals::two_workers_have_two", &[], || {
        #[parmap(global = (meeting, next), processes = 2, local(number = next.fetch_add(1, SeqCst)))]
        fn number(_item: u32, meeting: &Meeting, next: &AtomicUsize, number: &mut usize) -> usize {
            let _ = next;
            assert!(meeting.meet());
            *number
        }
        let next = AtomicUsize::new(0);
        let mut numbers = number(0..2, &Meeting::of(2), &next);
        numbers.sort_unstable();
        assert_eq!((numbers, next.into_inner()), (vec![0, 1], 2));
    });
}

#[test]
fn a_state_is_kept_from_item_to_item() {
    #[parmap(processes = 3, local(calls = 0_usize, first = None), reduce = max)]
    fn count(i: usize, calls: &mut usize, first: &mut Option<usize>) -> (usize, usize) {
        *calls += 1;
        (*calls, *first.get_or_insert(i))
    }
    assert_eq!(with(Settings::new().processes(1), || count(0..500)), Some((500, 0)));
    assert_eq!(count(3), (1, 3));
    // Of several workers the busiest has done its share at least.
    for collection in 0..3 {
        let (most, first) = match collection {
            0 => count(0..500),
            1 => count(each(0..500)),
            _ => count(indexed(0..500)),
        }
        .unwrap();
        assert!(most >= 500 / 3 && first < 500);
    }
}

#[test]
fn all_are_dropped_however_the_call_ends() {
    let fails = |which: &str, i: u64, token: &CancelToken| match (which, i) {
        ("panics", 777) => resume_unwind(Box::new("an item")),
        ("errs", 777) => Err("an error"),
        ("is cancelled", 777) => {
            token.cancel();
            Ok(mix(i))
        }
        _ => Ok(mix(i)),
    };
    every_schedule(|p, c| {
        for which in ["returns", "panics", "errs", "is cancelled"] {
            let (census, token) = (Census::default(), CancelToken::new());
            let call = || {
                par_map!(
                    |i, own, more| {
                        more.push(census.count(1));
                        own.use_for(|| fails(which, i, &token))
                    },
                    0..3_000_u64,
                    local(own = Own::new(&census), more = Vec::new()),
                    try,
                    processes = p,
                    chunksize = c
                )
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| with(Settings::new().cancel(&token), call)));
            assert_eq!(census.living(), 0, "the call {which}");
            match (which, outcome) {
                ("returns", Ok(Ok(results))) => assert_eq!(results.len(), 3_000),
                ("errs", Ok(Err(error))) => assert_eq!(error, "an error"),
                ("panics", Err(payload)) => assert_eq!(payload.downcast_ref(), Some(&"an item")),
                ("is cancelled", Err(payload)) => assert!(payload.is::<Cancelled>()),
                (which, outcome) => panic!("the call {which}, and gave {outcome:?}"),
            }
        }
    });
}

#[test]
fn what_a_panic_leaves_is_not_for_the_items_below() {
    every_order(|| {
        for collection in 0..3 {
            let (census, calls) = (Census::default(), AtomicUsize::new(0));
            let body = |i: usize, own: &mut Own<'_>| {
                own.use_for(|| {
                    mix(i as u64);
                    if i >= 777 {
                        resume_unwind(Box::new(i));
                    }
                    calls.fetch_add(1, SeqCst);
                })
            };
            let call = || match collection {
                0 => par_map!(body, 0..1_000_usize, local(own = Own::new(&census))),
                1 => par_map!(body, each(0..1_000_usize), local(own = Own::new(&census))),
                _ => par_map!(body, indexed(0..1_000_usize), local(own = Own::new(&census))),
            };
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&777_usize));
            assert_eq!((calls.into_inner(), census.living()), (777, 0));
        }
    });
}

#[test]
fn a_constructor_that_panics_is_a_panic_of_the_call() {
    every_schedule(|p, c| {
        // The first, or that of a helper if one comes.
        for unlucky in [0, 1] {
            let (census, made) = (Census::default(), AtomicUsize::new(0));
            let make = || {
                let counted = census.count(0);
                if made.fetch_add(1, SeqCst) == unlucky {
                    resume_unwind(Box::new("the constructor"));
                }
                counted
            };
            let body = |x, own: &mut Counted<'_>| census.count(mix(x) as usize | own.number);
            let call = || par_map!(body, 0..3_000_u64, local(own = make()), processes = p, chunksize = c).len();
            match catch_unwind(AssertUnwindSafe(call)) {
                Ok(length) => assert!(length == 3_000 && unlucky == 1 && made.into_inner() == 1),
                Err(payload) => {
                    assert_eq!(payload.downcast_ref(), Some(&"the constructor"));
                    assert!(made.into_inner() > unlucky);
                }
            }
            assert_eq!(census.living(), 0);
        }
    });
    fn unmakeable() -> u32 {
        resume_unwind(Box::new("the constructor"))
    }
    #[parmap(local(own = unmakeable()))]
    fn unmade(x: u32, own: &mut u32) -> u32 {
        x + *own
    }
    assert_eq!(catch_unwind(|| unmade(3)).unwrap_err().downcast_ref(), Some(&"the constructor"));
}

#[test]
fn a_state_may_borrow_what_the_call_does() {
    #[parmap(global = data, local(file = Cursor::new(data), buffer = Vec::new()))]
    fn read<'d>(at: usize, data: &'d [u8], file: &mut Cursor<&'d [u8]>, buffer: &mut Vec<u8>) -> String {
        buffer.resize(3, 0);
        file.set_position(at as u64);
        file.read_exact(buffer).unwrap();
        String::from_utf8_lossy(buffer).into_owned()
    }
    let data: Vec<u8> = (0..1_000_u32).map(|i| b'a' + (i % 26) as u8).collect();
    let expected: Vec<_> = data.windows(3).map(|three| String::from_utf8_lossy(three).into_owned()).collect();
    every_order(|| {
        assert_eq!(read(0..998, &data), expected);
        let by_closure = par_map!(
            |at, file: &mut Cursor<&[u8]>| {
                let mut three = [0; 3];
                file.set_position(at as u64);
                file.read_exact(&mut three).unwrap();
                String::from_utf8_lossy(&three).into_owned()
            },
            0..998_usize,
            local(file = Cursor::new(&data[..]))
        );
        assert_eq!(by_closure, expected);
    });
    assert_eq!(read(5, &data), "fgh");
}

#[test]
fn a_state_may_be_of_a_type_that_is_not_shared() {
    use std::cell::{Cell, RefCell};
    #[parmap(local(cell = Cell::new(0), list = RefCell::new(Vec::new())))]
    fn count(x: u64, cell: &mut Cell<u64>, list: &mut RefCell<Vec<u64>>) -> u64 {
        cell.set(x);
        list.borrow_mut().clear();
        list.borrow_mut().push(cell.get());
        mix(list.get_mut()[0])
    }
    let expected: Vec<u64> = (0..2_000).map(mix).collect();
    every_order(|| assert_eq!(count(0..2_000), expected));
}
