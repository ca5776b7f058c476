//! Cancelling and deadlines: a call stops soon, nothing of it is left running, and every value is dropped once.

use std::{
    any::Any,
    error::Error,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use parmap::{CancelToken, Cancelled, Settings, each, indexed, par_map, parmap, with};

use crate::{
    counted::{Census, Counted},
    meeting::Meeting,
    oracle::mix,
    process::{in_a_process_of_its_own, is_child},
    widths::every_order,
};

/// What the items of a call count while they run.
#[derive(Default)]
struct Running {
    started: AtomicUsize,
    ended: AtomicUsize,
    late: AtomicUsize,
}

impl Running {
    /// An item of a millisecond; `late` if it is started when the call should have stopped.
    fn a_millisecond(&self, is_late: bool) {
        self.started.fetch_add(1, SeqCst);
        self.late.fetch_add(is_late.into(), SeqCst);
        thread::sleep(Duration::from_millis(1));
        self.ended.fetch_add(1, SeqCst);
    }

    /// What must hold when a call of so many workers has been stopped, as soon as it returns.
    fn check(&self, workers: usize) {
        let (ended, started, late) = (self.ended.load(SeqCst), self.started.load(SeqCst), self.late.load(SeqCst));
        assert_eq!(ended, started, "items run after the call returned");
        assert!(late <= 2 * workers, "{late} items were started after {workers} workers were to stop");
        assert!(started < 9_000);
    }
}

/// The outcome of a call under `token`; a panic's payload must be `Cancelled`.
fn stopped<R>(token: &CancelToken, call: impl FnOnce() -> R) -> Option<R> {
    let call = || with(Settings::new().cancel(token), call);
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| assert!(is_cancelled(&*payload))).ok()
}

fn is_cancelled(payload: &(dyn Any + Send)) -> bool {
    payload.downcast_ref::<Cancelled>().is_some()
}

#[test]
fn from_another_thread() {
    for processes in [1, 4] {
        for (kind, seed) in [(0, None), (1, None), (2, None), (0, Some(1)), (1, Some(2))] {
            let (token, running) = (CancelToken::new(), Running::default());
            let body = |_: usize| running.a_millisecond(token.is_cancelled());
            let settings = Settings::new().processes(processes);
            let settings = seed.map_or(settings.clone(), |seed| settings.shuffle(seed));
            thread::scope(|scope| {
                scope.spawn(|| {
                    while running.started.load(SeqCst) < 10 {
                        thread::yield_now();
                    }
                    token.cancel();
                });
                let outcome = with(settings, || {
                    stopped(&token, || match kind {
                        0 => par_map!(body, 0..10_000_usize),
                        1 => par_map!(body, each((0..10_000).filter(|_| true))),
                        _ => par_map!(body, indexed(0..10_000_usize)),
                    })
                });
                assert_eq!(outcome, None);
                running.check(processes);
                let started = running.started.load(SeqCst);
                // The next call works, and the cancelled one goes on no more.
                let expected: Vec<u64> = (0..300).map(mix).collect();
                assert_eq!(par_map!(mix, 0..300_u64, processes = 4), expected);
                assert_eq!(running.started.load(SeqCst), started);
            });
        }
    }
}

#[test]
fn from_inside_an_item() {
    for processes in [1, 2, 7] {
        for (kind, seed) in [(0, None), (1, None), (2, None), (0, Some(1)), (1, Some(2))] {
            let (token, running) = (CancelToken::new(), Running::default());
            let body = |_: usize| {
                running.a_millisecond(token.is_cancelled());
                if running.ended.load(SeqCst) >= 10 {
                    token.cancel();
                }
            };
            let settings = Settings::new().processes(processes);
            let settings = seed.map_or(settings.clone(), |seed| settings.shuffle(seed));
            let outcome = with(settings, || {
                stopped(&token, || match kind {
                    0 => par_map!(body, vec![0; 10_000], reduce = ((), |(), ()| ())),
                    1 => par_map!(body, each(0..10_000_usize), reduce = ((), |(), ()| ())),
                    _ => par_map!(body, indexed(0..10_000_usize), fold = ((), |(), ()| ())),
                })
            });
            assert_eq!(outcome, None);
            running.check(processes);
        }
    }
}

#[test]
fn at_a_deadline() {
    for processes in [1, 4] {
        for kind in 0..3 {
            let (running, deadline) = (Running::default(), Instant::now() + Duration::from_millis(8));
            let body = |_: usize| running.a_millisecond(Instant::now() > deadline);
            let settings = Settings::new().processes(processes).deadline(deadline);
            let payload = catch_unwind(AssertUnwindSafe(|| {
                with(settings, || match kind {
                    0 => par_map!(body, 0..10_000_usize),
                    1 => par_map!(body, each((0..10_000).filter(|_| true))),
                    _ => par_map!(body, indexed(0..10_000_usize)),
                })
            }));
            assert!(is_cancelled(&*payload.unwrap_err()));
            running.check(processes);
        }
    }
}

#[test]
fn the_earliest_deadline_and_every_token_hold() {
    let (now, later) = (Instant::now(), Instant::now() + Duration::from_secs(3_600));
    let (token, other) = (CancelToken::new(), CancelToken::new());
    let call = |outer: Settings, inner: Settings| {
        catch_unwind(|| with(outer, || with(inner, || par_map!(mix, 0..100_u64).len()))).ok()
    };
    let at = |instant| Settings::new().deadline(instant);
    assert_eq!(call(at(later), at(later)), Some(100));
    assert_eq!(call(at(now), at(later)), None);
    assert_eq!(call(at(later), at(now)), None);
    assert_eq!(call(at(later).deadline(now).deadline(later), Settings::new()), None);
    let by = |token| Settings::new().cancel(token);
    assert_eq!(call(by(&token), by(&other).deadline(later)), Some(100));
    assert!(!token.is_cancelled());
    token.clone().cancel();
    assert!(token.is_cancelled() && !other.is_cancelled());
    assert_eq!(call(by(&token), by(&other)), None);
    assert_eq!(call(by(&other), by(&token)), None);
    assert_eq!(call(by(&other).cancel(&token).cancel(&other), Settings::new()), None);
    assert_eq!(call(by(&other), Settings::new()), Some(100));
    // A call elsewhere is not concerned.
    let elsewhere = || par_map!(mix, 0..100_u64).len();
    assert_eq!(with(by(&token), || thread::scope(|scope| scope.spawn(elsewhere).join().unwrap())), 100);
}

#[test]
fn what_becomes_of_a_cancelled_call() {
    #[derive(Debug, PartialEq)]
    enum Trouble {
        Late(Cancelled),
        _Else,
    }
    impl From<Cancelled> for Trouble {
        fn from(cancelled: Cancelled) -> Self {
            Trouble::Late(cancelled)
        }
    }
    #[parmap(try)]
    fn own(x: u64) -> Result<u64, Trouble> {
        Ok(x)
    }
    #[parmap(try, reduce = sum)]
    fn summed(x: u64) -> Result<u64, Box<dyn Error + Send + Sync>> {
        Ok(x)
    }
    #[parmap(try)]
    fn text(x: u64) -> Result<u64, String> {
        Ok(x)
    }
    #[parmap(try)]
    fn option(x: u64) -> Option<u64> {
        Some(x)
    }
    #[parmap]
    fn untried(x: u64) -> Result<u64, Cancelled> {
        Ok(x)
    }
    let token = CancelToken::new();
    token.cancel();
    every_order(|| {
        assert_eq!(stopped(&token, || own(0..100)), Some(Err(Trouble::Late(Cancelled))));
        assert_eq!(stopped(&token, || own(each(0..100))), Some(Err(Trouble::Late(Cancelled))));
        assert!(stopped(&token, || summed(0..100)).unwrap().unwrap_err().is::<Cancelled>());
        let folded = stopped(&token, || par_map!(|x| Ok::<_, Cancelled>(x), 0..9, try, fold = (0, |a: i32, b| a ^ b)));
        assert_eq!(folded, Some(Err(Cancelled)));
        let mut out = [1; 9];
        assert_eq!(
            stopped(&token, || par_map!(|x| Ok::<_, Trouble>(x), 0..9, try, into = &mut out)),
            Some(Err(Trouble::Late(Cancelled)))
        );
        assert_eq!(out, [1; 9]);
        // Those that have no place for it panic.
        assert_eq!(stopped(&token, || text(0..100)), None);
        assert_eq!(stopped(&token, || option(0..100)), None);
        assert_eq!(stopped(&token, || untried(0..100)), None);
        assert_eq!(stopped(&token, || par_map!(|x| x, 0..100, reduce = max)), None);
        // One item is a plain call.
        assert_eq!(stopped(&token, || (own(7), untried(8))), Some((Ok(7), Ok(8))));
    });
    assert_eq!(Cancelled.to_string(), "cancelled before all items were done");
}

#[test]
fn cancelled_before_it_begins_a_call_does_no_item() {
    let token = CancelToken::new();
    token.cancel();
    every_order(|| {
        let none = |_: usize| -> usize { panic!("no item is to run") };
        assert_eq!(stopped(&token, || par_map!(none, 0..1_000_usize)), None);
        assert_eq!(stopped(&token, || par_map!(none, 0..1_usize)), None);
        assert_eq!(stopped(&token, || par_map!(none, vec![3_usize; 1_000], reduce = sum)), None);
        assert_eq!(stopped(&token, || par_map!(none, each(0..1_000_usize))), None);
        assert_eq!(stopped(&token, || par_map!(none, indexed(0..1_000_usize))), None);
        // There is nothing to be cancelled in a call without items.
        assert_eq!(stopped(&token, || par_map!(none, 0..0_usize)), Some(vec![]));
        assert_eq!(stopped(&token, || par_map!(none, Vec::<usize>::new(), reduce = sum)), Some(0));
        assert_eq!(stopped(&token, || par_map!(none, each(0..0_usize))), Some(vec![]));
        assert_eq!(stopped(&token, || par_map!(none, indexed(0..0_usize))), Some(vec![]));
    });
}

#[test]
fn cancelled_before_it_begins_a_call_of_unknown_length_does_no_item() {
    let token = CancelToken::new();
    token.cancel();
    every_order(|| {
        let none = |_: usize| -> usize { panic!("no item is to run") };
        assert_eq!(stopped(&token, || par_map!(none, each((0..1_000).filter(|_| true)))), None);
        assert_eq!(stopped(&token, || par_map!(none, each((0..1_000).filter(|_| true)), reduce = sum)), None);
    });
}

#[test]
fn a_call_whose_items_are_all_done_returns() {
    every_order(|| {
        for n in [1, 2, 30, 600] {
            let expected: Vec<u64> = (0..n).map(mix).collect();
            for kind in 0..4 {
                let (token, done) = (CancelToken::new(), AtomicUsize::new(0));
                let body = |x: u64| {
                    if done.fetch_add(1, SeqCst) + 1 == n as usize {
                        token.cancel();
                    }
                    mix(x)
                };
                let outcome = stopped(&token, || match kind {
                    0 => par_map!(body, 0..n),
                    1 => par_map!(body, (0..n).collect::<Vec<_>>()),
                    2 => par_map!(body, each(0..n)),
                    _ => par_map!(
                        body,
                        each(0..n),
                        fold = (Vec::new(), |mut all: Vec<u64>, x| {
                            all.push(x);
                            all
                        })
                    ),
                });
                assert!(outcome.as_ref() == Some(&expected), "{n} items of kind {kind}");
                assert!(token.is_cancelled());
            }
        }
    });
}

/// A call of 2,000 counted items that is cancelled by the item started as number `after`.
struct Job<'j> {
    census: &'j Census,
    token: CancelToken,
    started: AtomicUsize,
    after: usize,
}

impl<'j> Job<'j> {
    const LENGTH: usize = 2_000;

    /// Runs the call; all that it returns is dropped here.
    fn run<R>(census: &'j Census, after: usize, call: impl FnOnce(&Self, Vec<Counted<'j>>) -> R) {
        let job = Job { census, token: CancelToken::new(), started: AtomicUsize::new(0), after };
        let items = (0..Self::LENGTH).map(|i| census.count(i)).collect();
        let outcome = stopped(&job.token, || call(&job, items));
        let started = job.started.load(SeqCst);
        // Between two looks at the token lie some microseconds of work, which may be all that is left.
        assert!(outcome.is_none() || started == Self::LENGTH, "a result of {started} items");
        assert!((after + 1..=Self::LENGTH).contains(&started), "{started} items");
        drop(outcome);
        assert_eq!(census.living(), 0, "values dropped twice or not at all");
    }

    fn map(&self, item: Counted<'j>) -> Counted<'j> {
        if self.started.fetch_add(1, SeqCst) == self.after {
            self.token.cancel();
        }
        self.census.count(mix(item.number as u64) as usize)
    }
}

#[test]
fn every_value_is_dropped_once() {
    every_order(|| {
        for after in [0, 100, 900] {
            let census = &Census::default();
            Job::run(census, after, |job, items| {
                par_map!(|item, own| (own.number, job.map(item)).1, items, local(own = census.count(1)))
            });
            Job::run(census, after, |job, items| {
                let items = items.into_iter().filter(|_| true);
                par_map!(|item, own| (own.number, job.map(item)).1, each(items), local(own = census.count(1)))
            });
            Job::run(census, after, |job, items| par_map!(|item| job.map(item), indexed(items)));
            Job::run(census, after, |job, items| {
                par_map!(|item| job.map(item), items, fold = (census.count(0), |_, result| result))
            });
            Job::run(census, after, |job, items| {
                par_map!(|item| job.map(item), each(items), reduce = (census.count(0), |a, _| a))
            });
        }
    });
}

#[test]
fn what_is_written_in_place_stays_valid() {
    every_order(|| {
        for after in [0, 100, 900] {
            let census = &Census::default();
            let mut out: Vec<Counted<'_>> = (0..Job::LENGTH).map(|i| census.count(i + 10_000)).collect();
            let mut places: Vec<Counted<'_>> = (0..Job::LENGTH).map(|i| census.count(i + 10_000)).collect();
            let token = CancelToken::new();
            let started = AtomicUsize::new(0);
            let body = |i: usize| {
                if started.fetch_add(1, SeqCst) == after {
                    token.cancel();
                }
                mix(i as u64);
                census.count(i)
            };
            let into = stopped(&token, || par_map!(body, 0..Job::LENGTH, into = &mut out));
            let count = |places: &[Counted<'_>]| {
                let is_valid = |(i, place): (usize, &Counted<'_>)| place.number == i || place.number == i + 10_000;
                assert!(places.iter().enumerate().all(is_valid));
                places.iter().enumerate().filter(|(i, place)| place.number == *i).count()
            };
            let written = started.swap(0, SeqCst);
            assert!(count(&out) == written && (into.is_none() || written == Job::LENGTH));
            let token = CancelToken::new();
            let in_place = stopped(&token, || {
                par_map!(
                    |place: &mut Counted<'_>| {
                        if started.fetch_add(1, SeqCst) == after {
                            token.cancel();
                        }
                        *place = census.count(place.number - 10_000);
                    },
                    &mut places
                )
            });
            let written = started.into_inner();
            assert!(count(&places) == written && (in_place.is_none() || written == Job::LENGTH));
            assert_eq!(census.living(), 2 * Job::LENGTH as isize);
            drop((out, places));
            assert_eq!(census.living(), 0);
        }
    });
}

#[test]
fn a_call_that_an_item_makes_is_cancelled_with_the_call_around_it() {
    let text =
        in_a_process_of_its_own("cancel::a_call_that_an_item_makes_is_cancelled_with_the_call_around_it", &[], || {
            #[parmap(global = cancel, processes = 2)]
            fn inner(x: u64, cancel: &(dyn Fn() + Sync)) -> u64 {
                cancel();
                mix(x)
            }
            #[parmap(global = cancel, processes = 2, try)]
            fn outer(x: u64, cancel: &(dyn Fn() + Sync)) -> Result<u64, Cancelled> {
                Ok(inner(0..100 + x, cancel).len() as u64)
            }
            for run in 0..100 {
                let settings = if run % 2 == 0 { Settings::new() } else { Settings::new().shuffle(run) };
                let token = CancelToken::new();
                // Both items are under way, each with a call of its own, when it happens.
                let meeting = Meeting::of(2);
                let cancel = || {
                    if run > 0 || meeting.meet() {
                        token.cancel();
                    }
                };
                let settings = settings.cancel(&token);
                assert_eq!(with(settings.clone(), || outer(0..2, &cancel)), Err(Cancelled));
                let payload = catch_unwind(AssertUnwindSafe(|| {
                    with(settings, || par_map!(|x| inner(x..90, &cancel), 0..40_u64))
                }));
                assert!(is_cancelled(&*payload.unwrap_err()));
                // A token for the inner call alone: that it was cancelled is then the item's failure.
                let token = CancelToken::new();
                let cancel = || token.cancel();
                let body = |x: u64| with(Settings::new().cancel(&token), || outer(0..10 + x, &cancel));
                assert_eq!(par_map!(body, 0..10_u64, try), Err(Cancelled));
            }
        });
    assert!(is_child() || !text.contains("panicked"), "nothing is reported as a panic of an item:\n{text}");
}

#[test]
fn a_call_that_was_cancelled_alone_is_a_failure_of_the_item_that_made_it() {
    let token = CancelToken::new();
    token.cancel();
    let body = |x: u64| {
        let settings = if x < 30 { Settings::new() } else { Settings::new().cancel(&token) };
        with(settings, || par_map!(mix, 0..x).len())
    };
    every_order(|| {
        let payload = catch_unwind(|| par_map!(body, 0..60_u64)).unwrap_err();
        assert!(is_cancelled(&*payload));
        assert_eq!(par_map!(body, 0..30_u64).len(), 30);
    });
}

#[test]
fn those_who_wait_for_their_turn_in_a_fold_stop_as_well() {
    in_a_process_of_its_own("cancel::those_who_wait_for_their_turn_in_a_fold_stop_as_well", &[], || {
        for holder_is_caller in [true, false] {
            let (token, started) = (CancelToken::new(), AtomicUsize::new(0));
            let (here, held) = (thread::current().id(), AtomicUsize::new(0));
            let body = |i: usize| {
                started.fetch_add(1, SeqCst);
                // One worker is held up until the call is cancelled; the other runs ahead as far as it may.
                let is_holder = (thread::current().id() == here) == holder_is_caller;
                if is_holder && i > 100 && held.swap(1, SeqCst) == 0 {
                    while !token.is_cancelled() {
                        thread::sleep(Duration::from_micros(100));
                    }
                }
                thread::sleep(Duration::from_micros(u64::from(i < 200) * 50));
                mix(i as u64)
            };
            thread::scope(|scope| {
                scope.spawn(|| {
                    let mut before = 0;
                    while started.load(SeqCst) != before || held.load(SeqCst) == 0 {
                        before = started.load(SeqCst);
                        thread::sleep(Duration::from_millis(20));
                    }
                    token.cancel();
                });
                let call = || par_map!(body, 0..100_000_000_usize, processes = 2, fold = (0, |all: u64, r| all ^ r));
                assert_eq!(stopped(&token, call), None);
            });
            assert!(started.into_inner() < 50_000_000);
        }
    });
}
