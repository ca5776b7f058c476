//! Random calls, inside one another, from inside pools, that fail and are cancelled: each against what the plain loop does.
//!
//! A binary of its own, which the sanitizers run as well (`ci/sanitizers.sh`). `PROPTEST_CASES` says how many programs.
#![forbid(unsafe_code)]
// Of the module shared with `it` not everything is used here.
#![allow(dead_code)]

#[path = "../it/counted.rs"]
mod counted;

use std::{
    any::Any,
    hint::black_box,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use parmap::{CancelToken, Cancelled, Settings, each, indexed, par_map, with};
use proptest::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use self::counted::{Census, Counted};

/// One call, and what its items do.
#[derive(Clone, Debug)]
struct Program {
    length: usize,
    collection: Collection,
    end: End,
    tries: bool,
    processes: usize,
    chunksize: usize,
    shuffle: Option<u64>,
    cost: Cost,
    /// The items that panic, and of those with `try` those that fail.
    panics: Vec<usize>,
    errors: Vec<usize>,
    /// The item that cancels the call.
    cancels: Option<usize>,
    /// The pool that the call is made in.
    pool: Option<usize>,
    /// A call that each so many items make.
    inner: Option<(usize, Box<Program>)>,
}

#[derive(Clone, Copy, Debug)]
enum Collection {
    Range,
    Vec,
    Slice,
    Each,
    Filtered,
    Indexed,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Collect,
    Into,
    Reduce,
    Fold,
}

#[derive(Clone, Copy, Debug)]
enum Cost {
    Nothing,
    Even,
    /// One item in 64 takes a thousand times as long.
    Skewed,
    /// One item in 16 sleeps.
    Sleeping,
}

/// The results of consecutive items, in order. Counts while it lives.
struct Stretch<'c> {
    items: Vec<usize>,
    _living: Counted<'c>,
}

type Outcome<'c> = Result<Option<Stretch<'c>>, Failed>;

/// How a call fails.
#[derive(Debug, PartialEq)]
enum Failed {
    Error(usize),
    Panic(usize),
    Cancelled,
}

impl From<Cancelled> for Failed {
    fn from(_: Cancelled) -> Self {
        Failed::Cancelled
    }
}

impl From<Box<dyn Any + Send>> for Failed {
    fn from(payload: Box<dyn Any + Send>) -> Self {
        match payload.downcast::<usize>() {
            Ok(item) => Failed::Panic(*item),
            Err(payload) => match payload.downcast::<Cancelled>() {
                Ok(_) => Failed::Cancelled,
                Err(other) => resume_unwind(other),
            },
        }
    }
}

/// Puts one behind the other.
fn join<'c>(left: Option<Stretch<'c>>, right: Option<Stretch<'c>>) -> Option<Stretch<'c>> {
    let (Some(mut left), Some(mut right)) = (left, right) else { panic!("a result is missing") };
    left.items.append(&mut right.items);
    Some(left)
}

/// As `join`, with the identity of `reduce` on either side.
fn join_any<'c>(left: Option<Stretch<'c>>, right: Option<Stretch<'c>>) -> Option<Stretch<'c>> {
    if left.is_none() || right.is_none() { left.or(right) } else { join(left, right) }
}

/// One run of a program.
struct Running<'p> {
    program: &'p Program,
    calls: Vec<AtomicUsize>,
    inside: AtomicUsize,
    living: Census,
    token: CancelToken,
    /// The tokens that calls around this one may be cancelled by.
    outer: &'p [&'p CancelToken],
    /// Whether a pool's thread waits for this call.
    is_pooled: bool,
}

/// Notes that an item is over, also if it panicked.
struct Inside<'r>(&'r AtomicUsize);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Running<'_> {
    /// What an item does.
    fn item(&self, item: Counted<'_>) -> Outcome<'_> {
        let (program, i) = (self.program, item.number);
        self.inside.fetch_add(1, SeqCst);
        let _inside = Inside(&self.inside);
        self.calls[i].fetch_add(1, SeqCst);
        let rounds = match program.cost {
            Cost::Even => 100,
            Cost::Skewed if i % 64 == 17 => 20_000,
            Cost::Skewed => 20,
            Cost::Nothing | Cost::Sleeping => 0,
        };
        (0..rounds).fold(i, |x, i| black_box(x.rotate_left(9).wrapping_mul(31) ^ i));
        if matches!(program.cost, Cost::Sleeping) && i % 16 == 3 {
            thread::sleep(Duration::from_micros(200));
        }
        if let Some((every, inner)) = &program.inner {
            if i % every == 0 {
                let outer: Vec<&CancelToken> = self.outer.iter().copied().chain([&self.token]).collect();
                inner.check(&outer, self.is_pooled);
            }
        }
        if program.cancels == Some(i) {
            self.token.cancel();
        }
        if program.panics.contains(&i) {
            resume_unwind(Box::new(i));
        }
        if program.errors.contains(&i) && program.tries {
            return Err(Failed::Error(i));
        }
        Ok(Some(Stretch { items: vec![i], _living: self.living.count(i) }))
    }

    /// The call, by way of the collection and the end that the program names. Results that are stretches of one item are
    /// put together here.
    fn call(&self) -> Outcome<'_> {
        let Program { length, collection, end, tries, processes, chunksize, .. } = *self.program;
        let value = |item: Counted<'_>| self.item(item).unwrap_or_else(|_| unreachable!("nothing fails without `try`"));
        let tried = |item: Counted<'_>| self.item(item);
        macro_rules! ends {
            ($items:expr, |$item:ident| $counted:expr) => {
                match (end, tries) {
                    (End::Collect, false) => {
                        Ok(all(par_map!(|$item| value($counted), $items, processes = processes, chunksize = chunksize)))
                    }
                    (End::Collect, true) => {
                        par_map!(|$item| tried($counted), $items, try, processes = processes, chunksize = chunksize)
                            .map(all)
                    }
                    (End::Into, false) => {
                        let mut out: Vec<_> = (0..length).map(|_| None).collect();
                        par_map!(
                            |$item| value($counted),
                            $items,
                            into = &mut out,
                            processes = processes,
                            chunksize = chunksize
                        );
                        Ok(all(out))
                    }
                    (End::Into, true) => {
                        let mut out: Vec<_> = (0..length).map(|_| None).collect();
                        let done: Result<(), Failed> = par_map!(
                            |$item| tried($counted),
                            $items,
                            try,
                            into = &mut out,
                            processes = processes,
                            chunksize = chunksize
                        );
                        done.map(|()| all(out))
                    }
                    (End::Reduce, false) => Ok(par_map!(
                        |$item| value($counted),
                        $items,
                        reduce = (None, join_any),
                        processes = processes,
                        chunksize = chunksize
                    )),
                    (End::Reduce, true) => par_map!(
                        |$item| tried($counted),
                        $items,
                        try,
                        reduce = (None, join_any),
                        processes = processes,
                        chunksize = chunksize
                    ),
                    (End::Fold, false) => Ok(par_map!(
                        |$item| value($counted),
                        $items,
                        fold = (None, join_any),
                        processes = processes,
                        chunksize = chunksize
                    )),
                    (End::Fold, true) => par_map!(
                        |$item| tried($counted),
                        $items,
                        try,
                        fold = (None, join_any),
                        processes = processes,
                        chunksize = chunksize
                    ),
                }
            };
        }
        let counted = |i: usize| self.living.count(i);
        match collection {
            Collection::Range => ends!(0..length, |i| counted(i)),
            Collection::Vec => ends!((0..length).map(counted).collect::<Vec<_>>(), |item| item),
            Collection::Slice => ends!(&(0..length).collect::<Vec<_>>()[..], |i| counted(*i)),
            Collection::Each => ends!(each((0..length).map(counted)), |item| item),
            Collection::Filtered => ends!(each((0..2 * length).filter(|i| i % 2 == 0)), |i| counted(i / 2)),
            Collection::Indexed => ends!(indexed((0..length).map(counted).collect::<Vec<_>>()), |item| item),
        }
    }
}

/// The results of all items, one behind the other.
fn all(results: Vec<Option<Stretch<'_>>>) -> Option<Stretch<'_>> {
    results.into_iter().reduce(join).flatten()
}

/// Pools of one to three threads.
static POOLS: LazyLock<[ThreadPool; 3]> =
    LazyLock::new(|| [1, 2, 3].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap()));

impl Program {
    /// Runs it, inside calls that may be cancelled by `outer`, and compares. In no pool if calls around it are in one: an
    /// item must not wait for a thread that waits for its call.
    fn check(&self, outer: &[&CancelToken], is_pooled: bool) {
        let pool = self.pool.filter(|_| !is_pooled);
        let running = Running {
            program: self,
            calls: (0..self.length).map(|_| AtomicUsize::new(0)).collect(),
            inside: AtomicUsize::new(0),
            living: Census::default(),
            token: CancelToken::new(),
            outer,
            is_pooled: is_pooled || pool.is_some(),
        };
        let settings = self.shuffle.map_or_else(Settings::new, |seed| Settings::new().shuffle(seed));
        let settings = if self.cancels.is_some() { settings.cancel(&running.token) } else { settings };
        let call = || with(settings, || catch_unwind(AssertUnwindSafe(|| running.call())));
        let outcome = match pool {
            Some(pool) => POOLS[pool].install(call),
            None => call(),
        };
        assert_eq!(running.inside.load(SeqCst), 0, "items still run");
        let outcome = outcome.unwrap_or_else(|payload| Err(payload.into()));
        let outcome = outcome.map(|all| all.map_or_else(Vec::new, |all| all.items));
        assert_eq!(running.living.living(), 0, "values dropped twice or not at all");

        let calls = |i: usize| running.calls[i].load(SeqCst);
        assert!((0..self.length).all(|i| calls(i) <= 1), "an item was evaluated twice");
        let errors = self.errors.iter().filter(|_| self.tries).map(|&i| Failed::Error(i));
        // Where an item is to do both it panics.
        let failures = self.panics.iter().map(|&i| Failed::Panic(i)).chain(errors);
        let index = |failed: &Failed| match failed {
            Failed::Error(i) | Failed::Panic(i) => *i,
            Failed::Cancelled => unreachable!("no item fails so"),
        };
        let lowest = failures.filter(|failed| index(failed) < self.length).min_by_key(index);
        let may_be_cancelled = running.token.is_cancelled() || outer.iter().any(|token| token.is_cancelled());
        match outcome {
            Err(Failed::Cancelled) => assert!(may_be_cancelled, "nobody cancelled this"),
            // What a call did before it was cancelled may hold any failure.
            Err(Failed::Panic(i)) if may_be_cancelled => assert!(self.panics.contains(&i)),
            Err(Failed::Error(i)) if may_be_cancelled => assert!(self.tries && self.errors.contains(&i)),
            Err(failed) => {
                assert_eq!(Some(&failed), lowest.as_ref(), "not the lowest failure");
                assert!((0..=index(&failed)).all(|i| calls(i) == 1), "an item below the failure was left out");
            }
            Ok(items) => {
                assert_eq!(lowest, None, "a failure was swallowed");
                assert!(items.into_iter().eq(0..self.length), "not the loop's results");
                assert!((0..self.length).all(|i| calls(i) == 1));
            }
        }
    }
}

/// Some items of `length`, or beyond.
fn some_items(length: usize) -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(0..length + 1, 1..4)]
}

/// Calls whose items make calls of `inner`.
fn program(longest: usize, inner: BoxedStrategy<Option<(usize, Box<Program>)>>) -> impl Strategy<Value = Program> {
    let collections = prop::sample::select(vec![
        Collection::Range,
        Collection::Vec,
        Collection::Slice,
        Collection::Each,
        Collection::Filtered,
        Collection::Indexed,
    ]);
    let ends = prop::sample::select(vec![End::Collect, End::Into, End::Reduce, End::Fold]);
    let costs = prop::sample::select(vec![Cost::Nothing, Cost::Even, Cost::Skewed, Cost::Sleeping]);
    let length = prop_oneof![0..4_usize, 0..longest.min(60), 0..longest];
    length.prop_flat_map(move |length| {
        let what = (collections.clone(), ends.clone(), any::<bool>(), costs.clone());
        let how = (
            prop::sample::select(vec![0, 0, 1, 2, 3, 7, 64]),
            prop_oneof![Just(0), 1..30_usize],
            prop::option::of(any::<u64>()),
            prop_oneof![3 => Just(None), 1 => (0..3_usize).prop_map(Some)],
        );
        let failing =
            (some_items(length), some_items(length), prop_oneof![5 => Just(None), 1 => (0..length + 1).prop_map(Some)]);
        (what, how, failing, inner.clone()).prop_map(
            move |(
                (collection, end, tries, cost),
                (processes, chunksize, shuffle, pool),
                (panics, errors, cancels),
                inner,
            )| {
                // Places are given to as many items as there are known to be.
                let end =
                    if matches!((collection, end), (Collection::Filtered, End::Into)) { End::Collect } else { end };
                Program {
                    length,
                    collection,
                    end,
                    tries,
                    processes,
                    chunksize,
                    shuffle,
                    cost,
                    panics,
                    errors,
                    cancels,
                    pool,
                    inner,
                }
            },
        )
    })
}

/// Programs with calls inside calls inside calls.
fn programs() -> impl Strategy<Value = Program> {
    let innermost = program(100, Just(None).boxed());
    let inner = |within: BoxedStrategy<Program>, every: usize| {
        prop_oneof![2 => Just(None), 1 => (1..every, within.prop_map(Box::new)).prop_map(Some)].boxed()
    };
    let middle = program(100, inner(innermost.boxed(), 40)).boxed();
    prop_oneof![program(5_000, Just(None).boxed()), program(100, inner(middle, 60))]
}

proptest! {
    #[test]
    fn random_calls_do_what_the_loop_does(program in programs()) {
        program.check(&[], false);
    }
}
