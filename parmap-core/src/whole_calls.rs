//! Whole calls in random schedules of threads: everything between the items and their results, with shuttle.
//!
//! `ci/models.sh` runs them. What loom checks piece by piece, in every interleaving of two or three threads, is put
//! together here, and tried in some thousands of interleavings of up to five. Atomics, locks and threads are shuttle's,
//! rayon's pool is one whose jobs are threads that may come at any time, the clock goes as it likes, and a site remembers
//! anything. `PARMAP_SCHEDULES` says how many schedules are tried for each test; shuttle prints one that fails.

mod cancels;
mod ends;
mod pipelines;

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use parmap::{par_map, pipeline};
use shuttle::{
    Config, Runner,
    rand::{Rng, thread_rng},
    scheduler::{PctScheduler, RandomScheduler, Scheduler},
    thread::{self, JoinHandle},
};

use crate::{CancelToken, Cancelled, Settings, each, indexed, requests::Requests, site::Site, with};

std::thread_local! {
    static REQUESTS: RefCell<Option<Arc<Requests>>> = const { RefCell::new(None) };
    static JOBS: RefCell<Vec<JoinHandle<()>>> = const { RefCell::new(Vec::new()) };
    static NOW: Cell<u64> = const { Cell::new(0) };
    /// How many calls were given a helper, in this test.
    static HELPED: Cell<usize> = const { Cell::new(0) };
    static WORLD: Cell<World> = const { Cell::new(World::ANY) };
}

/// What calls find.
#[derive(Clone, Copy)]
struct World {
    /// What sites remember of an item, if not anything.
    remembered_ns: Option<f32>,
    clock: Clock,
}

impl World {
    const ANY: World = World { remembered_ns: None, clock: Clock::Any };
}

/// What things take, by the clock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// Most take no time, and some very long.
    Any,
    /// Nothing takes long.
    Fast,
    /// All take longer than a run or a batch should.
    Slow,
}

/// In place of rayon's pools there is one in each schedule.
pub(crate) type Pool = ();

/// No thread works for it: its jobs are threads of their own.
pub(crate) fn threads_here() -> Option<usize> {
    None
}

/// Callers here may wait on any thread.
pub(crate) fn may_help() -> bool {
    chance(2)
}

/// The requests to it.
pub(crate) fn global() -> Option<Arc<Requests>> {
    REQUESTS.with_borrow(Clone::clone)
}

/// What is known of it.
pub(crate) fn look_at_global<R>(look: impl FnOnce(&Requests) -> R) -> Option<R> {
    global().map(|requests| look(&requests))
}

/// There is no other.
pub(crate) fn kept(_helpers: usize) -> Option<Arc<Requests>> {
    None
}

/// Sends a job to it.
pub(crate) fn spawn(_pool: &Pool, job: impl FnOnce() + Send + 'static) {
    let job = thread::spawn(job);
    JOBS.with_borrow_mut(|jobs| jobs.push(job));
}

/// True once in so many times.
pub(crate) fn chance(times: u32) -> bool {
    thread_rng().gen_ratio(1, times)
}

/// A site that remembers anything.
pub(crate) fn remembering(site: &Site) -> &'static Site {
    let any = [0.0, 2.0, 300.0, 30_000.0, 3e7][thread_rng().gen_range(0..5)];
    let item_ns = WORLD.get().remembered_ns.unwrap_or(any);
    Box::leak(Box::new(site.remembering(item_ns, chance(4))))
}

/// The time by that clock.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Instant(u64);

impl Instant {
    pub(crate) fn now() -> Self {
        let most = match WORLD.get().clock {
            Clock::Any => [100, 5_000, 100_000, 20_000_000][thread_rng().gen_range(0..4)],
            Clock::Fast => 100,
            Clock::Slow => 20_000_000,
        };
        let least = if WORLD.get().clock == Clock::Slow { 100_000 } else { 20 };
        let ns = NOW.get() + thread_rng().gen_range(least..most);
        NOW.set(ns);
        Instant(ns)
    }

    pub(crate) fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    pub(crate) fn elapsed(self) -> Duration {
        Self::now().duration_since(self)
    }
}

/// Tries `calls` in random schedules: evenly random ones, and such that stay with one thread for long.
fn in_random_schedules(world: World, calls: impl Fn() + Clone + Send + Sync + 'static) {
    let schedules = std::env::var("PARMAP_SCHEDULES").map_or(30_000, |schedules| schedules.parse().unwrap());
    run(RandomScheduler::new(schedules), world, calls.clone());
    run(PctScheduler::new(5, schedules), world, calls);
    println!("{} calls had helpers", HELPED.get());
}

fn run(scheduler: impl Scheduler + 'static, world: World, calls: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    config.silence_warnings = true;
    let helped = HELPED.get();
    Runner::new(scheduler, config).run(move || {
        NOW.set(0);
        WORLD.set(world);
        REQUESTS.set(Some(Requests::new((), 3)));
        // Where nobody helps there would be nothing to schedule, which one of the schedulers takes for a mistake.
        spawn(&(), thread::yield_now);
        calls();
        // The jobs that came too late for any call.
        while let Some(job) = JOBS.with_borrow_mut(Vec::pop) {
            job.join().unwrap();
        }
        REQUESTS.set(None);
    });
    assert!(HELPED.get() > helped, "nobody ever helped, so this has shown nothing");
}

/// One call: what its items do, and what is seen of them.
struct Seen {
    calls: Arc<[AtomicUsize]>,
    inside: AtomicUsize,
    living: AtomicUsize,
    panics: Option<usize>,
    errors: Option<usize>,
    cancels: Cancels,
    token: CancelToken,
    /// Whether all items had been started when the token was cancelled.
    was_late: Arc<AtomicBool>,
    /// Whether a token was when the call returned.
    was_cancelled: AtomicBool,
    caller: thread::ThreadId,
    helped: AtomicUsize,
    /// The tokens of the calls around this one.
    around: Vec<CancelToken>,
    /// How many calls deep its items may make calls.
    depth: usize,
}

/// Who cancels a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cancels {
    Nobody,
    /// An item of it.
    Item(usize),
    /// A thread that has no part in it.
    Another,
}

/// A value that counts while it lives.
struct Counted<'s> {
    item: usize,
    seen: &'s Seen,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        // Below 0 it wraps, so that a value dropped twice is seen as well.
        self.seen.living.fetch_sub(1, Relaxed);
    }
}

/// How a call ends if not with its results.
#[derive(Debug, PartialEq)]
enum Failed {
    Panic(usize),
    Error(usize),
    Cancelled,
}

impl From<Cancelled> for Failed {
    fn from(_: Cancelled) -> Self {
        Failed::Cancelled
    }
}

impl Seen {
    fn new(items: usize, depth: usize, around: &[CancelToken]) -> Self {
        let some = |times| chance(times).then(|| thread_rng().gen_range(0..items.max(1)));
        Seen {
            calls: (0..items).map(|_| AtomicUsize::new(0)).collect(),
            inside: AtomicUsize::new(0),
            living: AtomicUsize::new(0),
            panics: some(4),
            errors: some(4),
            cancels: some(6).map_or(Cancels::Nobody, Cancels::Item),
            token: CancelToken::new(),
            was_late: Arc::default(),
            was_cancelled: AtomicBool::new(false),
            caller: thread::current().id(),
            helped: AtomicUsize::new(0),
            around: around.to_vec(),
            depth,
        }
    }

    fn count(&self, item: usize) -> Counted<'_> {
        self.living.fetch_add(1, Relaxed);
        Counted { item, seen: self }
    }

    /// What an item does. Others come between wherever it looks at the time.
    fn item<'s>(&'s self, counted: &Counted<'_>, tries: bool) -> Result<Counted<'s>, Failed> {
        let item = counted.item;
        self.inside.fetch_add(1, Relaxed);
        self.calls[item].fetch_add(1, Relaxed);
        if thread::current().id() != self.caller {
            self.helped.fetch_add(1, Relaxed);
        }
        for _ in 0..thread_rng().gen_range(0..3) {
            thread::yield_now();
        }
        if self.depth > 0 && chance(3) {
            inside(self.depth - 1, &self.tokens());
        }
        if self.cancels == Cancels::Item(item) {
            self.cancel()();
        }
        self.inside.fetch_sub(1, Relaxed);
        if self.panics == Some(item) {
            resume_unwind(Box::new(item));
        }
        if tries && self.errors == Some(item) {
            return Err(Failed::Error(item));
        }
        Ok(self.count(item))
    }

    /// The tokens that may cancel calls inside an item.
    fn tokens(&self) -> Vec<CancelToken> {
        self.around.iter().chain([&self.token]).cloned().collect()
    }

    /// The settings of the call.
    fn settings(&self) -> Settings {
        let settings = any_order();
        if self.cancels == Cancels::Nobody { settings } else { settings.cancel(&self.token) }
    }

    /// Cancels the call.
    fn cancel(&self) -> impl FnOnce() + Send + 'static {
        let (calls, was_late, cancel) = (self.calls.clone(), self.was_late.clone(), cancel(&self.token));
        move || {
            was_late.store(calls.iter().all(|calls| calls.load(Relaxed) > 0), Relaxed);
            cancel();
        }
    }

    /// Makes the call, while another thread cancels it if one is to.
    fn run<T>(&self, call: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let run = || {
            let outcome = outcome(call);
            // The other thread may be late.
            self.was_cancelled.store(self.tokens().iter().any(CancelToken::is_cancelled), Relaxed);
            outcome
        };
        if self.cancels == Cancels::Another { beside(40, self.cancel(), run) } else { run() }
    }

    /// Whether what a call came to is what the loop would have come to, given what was done of it.
    fn check(&self, tries: bool, outcome: Result<Vec<usize>, Failed>) {
        assert_eq!(self.inside.load(Relaxed), 0, "items still run");
        assert_eq!(self.living.load(Relaxed), 0, "values dropped twice or not at all");
        HELPED.set(HELPED.get() + usize::from(self.helped.load(Relaxed) > 0));
        let calls = |item: usize| self.calls[item].load(Relaxed);
        let items = self.calls.len();
        assert!((0..items).all(|item| calls(item) <= 1), "an item was evaluated twice");
        let panic = self.panics.filter(|&item| item < items);
        let error = self.errors.filter(|&item| tries && item < items && panic.is_none_or(|panic| item < panic));
        let lowest = error.map(Failed::Error).or(panic.map(Failed::Panic));
        let is_cancelled = self.was_cancelled.load(Relaxed);
        match outcome {
            Ok(results) => {
                assert_eq!(lowest, None, "a failure was swallowed");
                assert!(results.into_iter().eq(0..items), "not the loop's results");
                assert!((0..items).all(|item| calls(item) == 1));
            }
            Err(Failed::Cancelled) => assert!(is_cancelled, "nobody cancelled this"),
            // What a call did before it was cancelled may hold any failure.
            Err(Failed::Panic(item)) if is_cancelled => assert_eq!(Some(item), panic),
            Err(Failed::Error(item)) if is_cancelled => assert_eq!(Some(item), self.errors),
            Err(failed) => {
                let (Failed::Error(index) | Failed::Panic(index)) = failed else { unreachable!() };
                assert_eq!(Some(failed), lowest, "not the lowest failure");
                assert!((0..=index).all(|item| calls(item) == 1), "an item below the failure was left out");
            }
        }
    }
}

/// What a call came to, as an outcome.
fn outcome<T>(call: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| match payload.downcast::<usize>() {
        Ok(item) => Err(Failed::Panic(*item)),
        Err(payload) if payload.is::<Cancelled>() => Err(Failed::Cancelled),
        Err(other) => resume_unwind(other),
    })
}

/// Runs `body` while another thread does `other`, at any time of so many steps of its own.
fn beside<T>(steps: usize, other: impl FnOnce() + Send + 'static, body: impl FnOnce() -> T) -> T {
    let other = thread::spawn(move || {
        for _ in 0..thread_rng().gen_range(0..steps) {
            thread::yield_now();
        }
        other();
    });
    let value = body();
    other.join().unwrap();
    value
}

/// Cancels.
fn cancel(token: &CancelToken) -> impl FnOnce() + Send + 'static {
    let token = token.clone();
    move || token.cancel()
}

/// Settings that say nothing, or in which order chunks are handed out.
fn any_order() -> Settings {
    if chance(5) { Settings::new().shuffle(thread_rng().gen_range(0..1_000)) } else { Settings::new() }
}

/// What an item may do: a random call, or a random pipeline.
fn inside(depth: usize, around: &[CancelToken]) {
    if chance(3) {
        pipelines::random(thread_rng().gen_range(0..4), depth, around);
    } else {
        call(thread_rng().gen_range(0..4), depth, around);
    }
}

/// Puts results behind results.
fn join<'s>(mut left: Vec<Counted<'s>>, mut right: Vec<Counted<'s>>) -> Vec<Counted<'s>> {
    left.append(&mut right);
    left
}

/// A random call over so many items.
fn call(items: usize, depth: usize, around: &[CancelToken]) {
    call_of(&Seen::new(items, depth, around));
}

/// A random call whose items do this.
fn call_of(seen: &Seen) {
    let items = seen.calls.len();
    let (processes, chunksize) = (thread_rng().gen_range(2..5), thread_rng().gen_range(0..3));
    let settings = seen.settings();
    let tries = chance(2);
    let value = |item: Counted<'_>| seen.item(&item, false).unwrap_or_else(|_| unreachable!());
    let tried = |item: Counted<'_>| seen.item(&item, true);
    let one = |item: Counted<'_>| vec![value(item)];
    let counted = || (0..items).map(|item| seen.count(item));
    let end = thread_rng().gen_range(0..4);
    let collection = thread_rng().gen_range(0..3);
    macro_rules! ends {
        ($items:expr) => {
            match (end, tries) {
                (0, false) => Ok(par_map!(value, $items, processes = processes, chunksize = chunksize, crate = crate)),
                (0, true) => {
                    par_map!(tried, $items, try, processes = processes, chunksize = chunksize, crate = crate)
                }
                (1, _) => Ok(par_map!(
                    one,
                    $items,
                    reduce = (Vec::new(), join),
                    processes = processes,
                    chunksize = chunksize,
                    crate = crate
                )),
                (2, false) => Ok(par_map!(
                    one,
                    $items,
                    fold = (Vec::new(), join),
                    processes = processes,
                    chunksize = chunksize,
                    crate = crate
                )),
                (2, true) => par_map!(
                    |item| tried(item).map(|value| vec![value]),
                    $items,
                    try,
                    fold = (Vec::new(), join),
                    processes = processes,
                    chunksize = chunksize,
                    crate = crate
                ),
                _ => {
                    let mut out: Vec<_> = (0..items).map(|_| None).collect();
                    par_map!(
                        |item| Some(value(item)),
                        $items,
                        into = &mut out,
                        processes = processes,
                        chunksize = chunksize,
                        crate = crate
                    );
                    Ok(out.into_iter().map(Option::unwrap).collect())
                }
            }
        };
    }
    let outcome = seen.run(|| {
        let results: Vec<Counted<'_>> = with(settings, || match collection {
            0 => ends!(counted().collect::<Vec<_>>()),
            1 => ends!(each(counted())),
            _ => ends!(indexed(counted().collect::<Vec<_>>())),
        })?;
        Ok(results.iter().map(|result| result.item).collect())
    });
    let tries = tries && matches!(end, 0 | 2);
    let was_cancelled = matches!(outcome, Err(Failed::Cancelled)) && !seen.around.iter().any(CancelToken::is_cancelled);
    assert!(!was_cancelled || !seen.was_late.load(Relaxed), "there was nothing left to cancel");
    seen.check(tries, outcome);
}

/// A random pipeline over so many items.
fn flow(items: usize) {
    let seen = Seen::new(items, 0, &[]);
    // With the items out of order the serial ones stay in order.
    let settings = seen.settings();
    let tries = chance(2);
    let (mut before, mut after) = (0, 0);
    let (mut is_in_order, mut is_still_in_order) = (true, true);
    let mut in_order = |item: Counted<'_>| {
        is_in_order &= item.item == before;
        before = item.item + 1;
        thread::yield_now();
        seen.count(item.item)
    };
    let outcome = seen.run(|| {
        let counted = (0..items).map(|item| seen.count(item));
        let mut last = |mut all: Vec<usize>, item: Counted<'_>| {
            is_still_in_order &= item.item == after;
            after = item.item + 1;
            all.push(item.item);
            all
        };
        with(settings, || {
            if tries {
                pipeline!(
                    counted,
                    serial(&mut in_order),
                    par(|item: Counted<'_>| seen.item(&item, true), try),
                    fold(Vec::new(), &mut last),
                    processes = 4,
                    in_flight = 3,
                    crate = crate
                )
            } else if chance(2) {
                Ok(pipeline!(
                    counted,
                    par(|item: Counted<'_>| seen.item(&item, false).unwrap_or_else(|_| unreachable!())),
                    serial(&mut in_order),
                    fold(Vec::new(), &mut last),
                    processes = 3,
                    crate = crate
                ))
            } else {
                Ok(pipeline!(
                    counted,
                    par_filter(|item: &Counted<'_>| item.item < items),
                    par(|item: Counted<'_>| seen.item(&item, false).unwrap_or_else(|_| unreachable!()), processes = 2),
                    par(|item: Counted<'_>| {
                        thread::yield_now();
                        item
                    }),
                    fold(Vec::new(), &mut last),
                    processes = 4,
                    chunksize = 2,
                    crate = crate
                ))
            }
        })
    });
    // A panic would be hidden by a failure of the call itself.
    assert!(is_in_order && is_still_in_order, "a serial stage has missed an item, or seen what lies behind a failure");
    seen.check(tries, outcome);
}

#[test]
fn calls_do_what_the_loop_does() {
    in_random_schedules(World::ANY, || {
        for _ in 0..2 {
            call(thread_rng().gen_range(0..12), 0, &[]);
        }
    });
}

#[test]
fn calls_inside_calls_do() {
    in_random_schedules(World::ANY, || call(thread_rng().gen_range(1..5), 2, &[]));
}

#[test]
fn calls_of_two_threads_do() {
    in_random_schedules(World::ANY, || {
        let other = thread::spawn(|| call(thread_rng().gen_range(0..6), 1, &[]));
        call(thread_rng().gen_range(0..6), 1, &[]);
        other.join().unwrap();
    });
}

#[test]
fn pipelines_do() {
    in_random_schedules(World::ANY, || flow(thread_rng().gen_range(0..10)));
}

/// Sites that remember dear items share at once.
const DEAR: World = World { remembered_ns: Some(3e7), clock: Clock::Any };

#[test]
fn the_lowest_of_a_pipelines_failures_wins() {
    in_random_schedules(DEAR, || {
        let helped = AtomicUsize::new(0);
        let caller = thread::current().id();
        let fail = |item: usize| {
            helped.fetch_add(usize::from(thread::current().id() != caller), Relaxed);
            thread::yield_now();
            if item > 0 { resume_unwind(Box::new(item)) } else { item }
        };
        let outcome = outcome(|| Ok(pipeline!(0..4_usize, par(fail), count(), processes = 4, crate = crate)));
        assert_eq!(outcome, Err(Failed::Panic(1)));
        HELPED.set(HELPED.get() + usize::from(helped.load(Relaxed) > 0));
    });
}

#[test]
fn a_pipeline_goes_on_alone_once_its_helpers_are_done() {
    let dear_it_was = World { clock: Clock::Fast, ..DEAR };
    in_random_schedules(dear_it_was, || flow(thread_rng().gen_range(3..12)));
}
