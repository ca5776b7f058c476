//! `try`: the error of the lowest index, each result made dropped once, and no more done than need be.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

use parmap::{Settings, each, indexed, par_map, parmap, with};

use crate::{
    counted::{Census, Counted},
    oracle::mix,
    widths::{every_order, every_schedule},
};

/// What becomes of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Errs,
    Panics,
}

/// A call of some items, each a value that lives, with what becomes of the failing ones.
struct Job<'j> {
    failing: &'j [(usize, Fate)],
    calls: Vec<AtomicUsize>,
}

impl<'j> Job<'j> {
    fn new(length: usize, failing: &'j [(usize, Fate)]) -> Self {
        Job { failing, calls: (0..length).map(|_| AtomicUsize::new(0)).collect() }
    }

    #[parmap(try)]
    fn map<'c>(&self, item: Counted<'c>) -> Result<Counted<'c>, Counted<'c>> {
        self.calls[item.number].fetch_add(1, Relaxed);
        let result = item.census.count(mix(item.number as u64) as usize);
        match self.failing.iter().find(|(number, _)| *number == item.number) {
            None => Ok(result),
            Some((number, Fate::Errs)) => Err(item.census.count(*number)),
            Some((number, Fate::Panics)) => resume_unwind(Box::new(*number)),
        }
    }

    fn check(&self, map: impl for<'c> FnOnce(Vec<Counted<'c>>) -> Result<Vec<Counted<'c>>, Counted<'c>>) {
        let (census, length) = (Census::default(), self.calls.len());
        let items: Vec<_> = (0..length).map(|number| census.count(number)).collect();
        let outcome = catch_unwind(AssertUnwindSafe(|| map(items)));
        let lowest = self.failing.iter().min_by_key(|(number, _)| *number);
        match (lowest, &outcome) {
            (None, Ok(Ok(results))) => {
                assert!(results.iter().map(|result| result.number).eq((0..length).map(|i| mix(i as u64) as usize)));
                assert_eq!(census.living(), length as isize, "the results alone live");
            }
            (Some((lowest, Fate::Errs)), Ok(Err(error))) => {
                assert_eq!(error.number, *lowest, "not the lowest index");
                assert_eq!(census.living(), 1, "the error alone lives");
            }
            (Some((lowest, Fate::Panics)), Err(payload)) => {
                assert_eq!(payload.downcast_ref(), Some(lowest), "not the lowest index");
            }
            (lowest, outcome) => panic!("{lowest:?} gave {outcome:?}"),
        }
        drop(outcome);
        assert_eq!(census.living(), 0, "values dropped twice or not at all");
        let (lowest, calls) = (lowest.map_or(length, |(lowest, _)| lowest + 1), |i: usize| self.calls[i].load(Relaxed));
        assert!((0..lowest).all(|i| calls(i) == 1), "an item up to the failure was not evaluated once");
        assert!((lowest..length).all(|i| calls(i) <= 1), "an item was evaluated twice");
    }
}

#[test]
fn the_lowest_failure_wins_and_every_value_is_dropped_once() {
    use Fate::{Errs, Panics};
    let cases: [&[_]; 9] = [
        &[],
        &[(0, Errs)],
        &[(123, Errs)],
        &[(999, Errs)],
        &[(999, Errs), (7, Errs), (150, Errs)],
        &[(500, Errs), (200, Panics)],
        &[(500, Panics), (200, Errs)],
        &[(128, Errs), (127, Panics), (129, Errs)],
        &[(128, Panics), (127, Errs), (129, Panics)],
    ];
    for failing in cases {
        every_order(|| {
            let job = || Job::new(1_000, failing);
            let by_vec = job();
            by_vec.check(|items| by_vec.map(items));
            let by_each = job();
            by_each.check(|items| by_each.map(each(items.into_iter().filter(|_| true))));
            let by_indexed = job();
            by_indexed.check(|items| by_indexed.map(indexed(items)));
            let by_macro = job();
            by_macro.check(|items| par_map!(|item| by_macro.map(item), items, try, chunksize = 10));
        });
    }
}

#[test]
fn the_lowest_of_ten_errors_in_a_thousand_runs() {
    const FAILING: [usize; 10] = [9, 3, 4, 60, 61, 62, 63, 5, 7, 8];

    #[parmap(global = started, processes = 4, chunksize = 1, try)]
    fn fail_some(i: usize, started: &AtomicUsize) -> Result<usize, usize> {
        started.fetch_add(1, Relaxed);
        // Long enough for several workers to be inside when the first fails, and now and then in another order.
        (0..200).for_each(|_| std::hint::spin_loop());
        if i % 3 == 0 {
            thread::yield_now();
        }
        if FAILING.contains(&i) { Err(i) } else { Ok(i) }
    }
    let started = AtomicUsize::new(0);
    for run in 0..1_000 {
        assert_eq!(fail_some(0..64, &started), Err(3));
        with(Settings::new().shuffle(run), || assert_eq!(fail_some(0..64, &started), Err(3)));
    }
    assert!(started.load(Relaxed) >= 2 * 4_000);
    assert_eq!(fail_some([0, 1, 2], &started), Ok(vec![0, 1, 2]), "the next call works");
}

#[test]
fn nothing_behind_an_error_is_started_by_one_worker() {
    #[parmap(global = started, try)]
    fn fail_at_500(i: usize, started: &AtomicUsize) -> Result<usize, usize> {
        started.fetch_add(1, Relaxed);
        if i == 500 { Err(i) } else { Ok(i) }
    }
    let check = |call: &dyn Fn(&AtomicUsize) -> Result<Vec<usize>, usize>| {
        for chunksize in [0, 1, 300] {
            let started = AtomicUsize::new(0);
            let settings = Settings::new().processes(1).chunksize(chunksize);
            assert_eq!(with(settings, || call(&started)), Err(500));
            assert_eq!(started.into_inner(), 501);
        }
    };
    check(&|started| fail_at_500(0..100_000, started));
    check(&|started| fail_at_500((0..10_000).collect::<Vec<_>>(), started));
    check(&|started| fail_at_500(each(0..), started));
    check(&|started| fail_at_500(indexed(0..10_000), started));
    check(&|started| par_map!(fail_at_500_plain, 0..10_000_usize, global = started, try));
}

fn fail_at_500_plain(i: usize, started: &AtomicUsize) -> Result<usize, usize> {
    started.fetch_add(1, Relaxed);
    if i == 500 { Err(i) } else { Ok(i) }
}

#[test]
fn work_above_an_error_is_not_started() {
    #[parmap(global = started, processes = 4, try)]
    fn fail_first(i: usize, started: &AtomicUsize) -> Option<usize> {
        started.fetch_add(1, Relaxed);
        (0..200).for_each(|_| std::hint::spin_loop());
        (i != 0).then_some(i)
    }
    let (started, n) = (AtomicUsize::new(0), 100_000);
    assert_eq!(fail_first(0..n, &started), None);
    // Each of four workers may have some items under way, but not a run of thousands.
    assert!(started.load(Relaxed) < n / 2, "{} of {n} items were evaluated", started.load(Relaxed));
}

#[test]
fn an_iterator_is_not_pulled_far_beyond_an_error() {
    every_schedule(|p, c| {
        let pulled = AtomicUsize::new(0);
        let endless = (0_u64..).inspect(|_| _ = pulled.fetch_add(1, Relaxed));
        let body = |i: u64| if i < 5_000 { Ok(mix(i)) } else { Err(i) };
        assert_eq!(par_map!(body, each(endless), try, processes = p, chunksize = c, reduce = max), Err(5_000));
        let most = if p == 1 { 5_001 } else { 5_000_000 };
        assert!((5_001..=most).contains(&pulled.load(Relaxed)), "{} were pulled", pulled.load(Relaxed));
    });
}

#[test]
fn every_end_with_an_error_and_without() {
    every_order(|| {
        for failing in [0, 1, 2_900, 5_000] {
            let body = |i: u64| if i == failing { Err(i) } else { Ok(mix(i) >> 20) };
            let expected: Result<Vec<u64>, u64> = (0..3_000).map(body).collect();
            let sum = expected.as_ref().map(|all| all.iter().sum::<u64>()).map_err(|&error| error);
            let folded = expected.as_ref().map(|all| all.iter().fold(1, fold)).map_err(|&error| error);
            let items = || each(0..3_000_u64);
            assert_eq!(par_map!(body, 0..3_000_u64, try), expected);
            assert_eq!(par_map!(body, 0..3_000_u64, try, reduce = sum), sum);
            assert_eq!(par_map!(body, items(), try, reduce = sum), sum);
            assert_eq!(par_map!(body, 0..3_000_u64, try, fold = (1, |all, r| fold(all, &r))), folded);
            assert_eq!(par_map!(body, items(), try, fold = (1, |all, r| fold(all, &r))), folded);
        }
    });
}

fn fold(all: u64, r: &u64) -> u64 {
    all.rotate_left(5) ^ r
}

type Outcome<T> = Result<T, String>;

#[test]
fn aliases_of_result_and_option() {
    type Found<'t> = Option<&'t str>;

    mod their {
        pub(super) type Result<T> = std::result::Result<T, std::num::ParseIntError>;
    }
    #[parmap(try)]
    fn mine(x: u32) -> Outcome<u32> {
        if x < 90 { Ok(x + 1) } else { Err(format!("no {x}")) }
    }
    #[parmap(try, reduce = sum)]
    fn read(line: &str) -> io::Result<usize> {
        if line.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(line.len()) }
    }
    #[parmap(try)]
    fn parse(text: &str) -> their::Result<i32> {
        text.parse()
    }
    #[parmap(try, fold = (String::new(), |all: String, word| all + word))]
    fn first_word<'t>(text: &'t str) -> Found<'t> {
        text.split_whitespace().next()
    }
    assert_eq!((mine(0..3), mine(80..200)), (Ok(vec![1, 2, 3]), Err("no 90".to_owned())));
    assert_eq!(read(["one", "three"]).unwrap(), 8);
    assert_eq!(read(["one", "", "three"]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(parse(["1", "-2"]), Ok(vec![1, -2]));
    assert_eq!(parse(["1", "x", ""]), "x".parse::<i32>().map(|_| vec![]));
    assert_eq!(first_word(["a b", "c"]), Some("ac".to_owned()));
    assert_eq!(first_word(["a b", " ", "c"]), None);
    assert_eq!(par_map!(their_parse, ["7", "8"], try), Ok(vec![7, 8]));
    fn their_parse(text: &str) -> their::Result<i32> {
        text.parse()
    }
}

#[test]
fn one_item_returns_what_the_function_returns() {
    #[parmap(try)]
    fn half(x: u32) -> Result<u32, String> {
        if x % 2 == 0 { Ok(x / 2) } else { Err(format!("{x} is odd")) }
    }
    #[parmap(try, reduce = sum)]
    fn root(x: f64) -> Option<f64> {
        (x >= 0.0).then(|| x.sqrt())
    }
    assert_eq!((half(4), half(3)), (Ok(2), Err("3 is odd".to_owned())));
    assert_eq!((root(4.0), root(-1.0)), (Some(2.0), None));
    assert_eq!((root(vec![4.0, 9.0]), root(vec![4.0, -1.0])), (Some(5.0), None));
    // The question mark works inside, and around.
    #[parmap(try)]
    fn quarter(x: u32) -> Result<u32, String> {
        let half = half(x)?;
        Ok(half + half_of_all(half)?)
    }
    fn half_of_all(x: u32) -> Result<u32, String> {
        Ok(half([x, x])?.into_iter().sum())
    }
    assert_eq!(quarter([4, 8]), Ok(vec![4, 8]));
    assert_eq!(quarter([4, 6, 5]), Err("3 is odd".to_owned()));
}

#[test]
fn without_try_every_result_is_kept() {
    #[parmap]
    fn half(x: u32) -> Result<u32, u32> {
        if x % 2 == 0 { Ok(x / 2) } else { Err(x) }
    }
    every_order(|| {
        assert_eq!(half(0..4), [Ok(0), Err(1), Ok(1), Err(3)]);
        assert_eq!(par_map!(|x| half(x), 0..2_u32), [Ok(0), Err(1)]);
    });
}

#[test]
fn an_error_whose_destructor_panics_ends_nothing_else() {
    struct Bomb(usize);
    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 > 10 && !thread::panicking() {
                resume_unwind(Box::new("dropped"));
            }
        }
    }
    // Errors that are superseded by one with a lower index are dropped on the way.
    for run in 0..200 {
        let body = |i: usize| if i % 50 == 10 { Err(Bomb(i)) } else { Ok(mix(i as u64)) };
        let call = || par_map!(body, 0..500_usize, try, processes = 4, chunksize = 1);
        let error = with(Settings::new().shuffle(run), call).map(|all| all.len()).unwrap_err();
        assert_eq!(error.0, 10);
    }
}
