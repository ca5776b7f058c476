//! Errors, panics and `None` at every place of a pipeline: the lowest position wins, the end has seen exactly what stands
//! before it, every value is dropped once, nothing runs on, and the next pipeline works.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use parmap::{Settings, pipeline, with};

use crate::{
    counted::{Census, Counted},
    work::{Cost, mix},
};

/// So many items, of which from `bad` on every 13th fails.
const ITEMS: usize = 1_000;
const RUNS: usize = 1_000;

/// Where they fail.
const PLACES: [&str; 6] = ["source", "par", "serial", "filter", "within", "end"];

/// How they fail.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Error,
    Panic,
}

/// One run: what fails where, and what was seen.
struct Run {
    place: &'static str,
    how: How,
    bad: usize,
    cost: Cost,
    census: Census,
    /// Items that came to the end.
    ended: AtomicUsize,
    /// Whether the pipeline has returned, and whether anything ran after that.
    returned: AtomicBool,
    late: AtomicBool,
}

impl Run {
    fn new(number: usize, place: &'static str, how: How) -> Self {
        // Such items are shared; in every third run few are, and the failure is one of the plain loop.
        let cost = if number % 3 == 0 { Cost::Nothing } else { Cost::Even(150) };
        Run {
            place,
            how,
            bad: mix(number as u64) as usize % ITEMS,
            cost,
            census: Census::default(),
            ended: AtomicUsize::new(0),
            returned: AtomicBool::new(false),
            late: AtomicBool::new(false),
        }
    }

    /// What the function at `place` does with an item.
    fn pass<'c>(&self, place: &str, item: Counted<'c>) -> Result<Counted<'c>, usize> {
        let number = item.number;
        if self.returned.load(SeqCst) {
            self.late.store(true, SeqCst);
        }
        self.cost.pay(number as u64);
        if place == self.place && number >= self.bad && (number - self.bad) % 13 == 0 {
            match self.how {
                How::Error => return Err(number),
                How::Panic => resume_unwind(Box::new(number)),
            }
        }
        Ok(item)
    }

    fn run(&self) -> Result<(), usize> {
        pipeline!(
            (0..ITEMS).map(|number| self.pass("source", self.census.count(number))),
            par(|item| item, try),
            par(|item| self.pass("par", item), try),
            serial(|item| self.pass("serial", item), try),
            par_filter(|item| {
                let looked = self.census.count(item.number);
                self.pass("filter", looked).map(|looked| looked.number % 10 != 9)
            }, try),
            par(|item| self.pass("within", item), try, processes = 2),
            for_each(|item| {
                self.ended.fetch_add(1, SeqCst);
                self.pass("end", item).map(drop)
            }, try),
            in_flight = 6,
        )
    }

    /// The position that the run is to fail at: behind the filter every tenth item is missing.
    fn expected(&self) -> Option<usize> {
        let is_there = |number: &usize| !matches!(self.place, "within" | "end") || number % 10 != 9;
        (self.bad..ITEMS).step_by(13).find(is_there)
    }

    fn check(&self) {
        let what = || format!("{:?} in {} from {}", self.how, self.place, self.bad);
        let returned = catch_unwind(AssertUnwindSafe(|| self.run()));
        self.returned.store(true, SeqCst);
        let found = match returned {
            Ok(result) => result.err(),
            Err(payload) => Some(*payload.downcast::<usize>().unwrap()),
        };
        assert_eq!(found, self.expected(), "{}", what());
        assert_eq!(self.census.living(), 0, "{}", what());
        // In the end came what the plain chain would have brought there.
        let before = found.unwrap_or(ITEMS);
        let ended =
            (0..before).filter(|number| number % 10 != 9).count() + usize::from(self.place == "end" && found.is_some());
        assert_eq!(self.ended.load(SeqCst), ended, "{}", what());
        assert!(!self.late.load(SeqCst), "{}", what());
    }
}

fn check_all(place: &'static str) {
    for number in 0..RUNS {
        for how in [How::Error, How::Panic] {
            let run = Run::new(number, place, how);
            let settings = Settings::new().processes([0, 2, 7][number % 3]);
            let settings = if number % 7 == 0 { settings.shuffle(number as u64) } else { settings };
            with(settings, || run.check());
        }
    }
    // And the next one works.
    assert_eq!(pipeline!(0..ITEMS, par(|x| x), count()), ITEMS);
}

macro_rules! at_every_place {
    ($($test:ident: $place:literal;)*) => {$(
        #[test]
        fn $test() {
            assert!(PLACES.contains(&$place));
            check_all($place);
        }
    )*};
}

at_every_place! {
    in_the_source: "source";
    in_a_parallel_stage: "par";
    in_a_serial_stage: "serial";
    in_a_filter: "filter";
    in_a_stage_of_few_workers: "within";
    in_the_end: "end";
}

#[test]
fn a_none_wins_as_an_error_does() {
    for number in 0..RUNS as u64 {
        let bad = mix(number) % ITEMS as u64;
        let fails = |place: u64, x: u64| number % 4 == place && x >= bad && (x - bad) % 17 == 0;
        let mut ended = Vec::new();
        let found: Option<()> = with(Settings::new().processes([0, 2, 7][number as usize % 3]), || {
            pipeline!(
                (0..ITEMS as u64).map(|x| (!fails(0, x)).then_some(x)),
                par(|x| x, try),
                par(|x| { Cost::Even(150).pay(x); (!fails(1, x)).then_some(x) }, try),
                serial(|x| (!fails(2, x)).then_some(x), try),
                for_each(|x| (!fails(3, x)).then(|| ended.push(x)), try),
            )
        });
        assert_eq!(found, None);
        assert!(ended.into_iter().eq(0..bad), "from {bad}");
    }
}

#[test]
fn a_panic_of_the_iterator_counts_behind_its_items() {
    for number in 0..RUNS as u64 {
        let bad = mix(number) % ITEMS as u64;
        let source = (0..ITEMS as u64).map(|x| if x == bad { resume_unwind(Box::new(x)) } else { x });
        let mut ended = 0;
        let run = || {
            pipeline!(
                source,
                par(|x| {
                    Cost::Even(150).pay(x);
                    x
                }),
                for_each(|_| ended += 1),
                processes = 2
            );
        };
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!((payload.downcast_ref(), ended), (Some(&bad), bad));
    }
}

#[test]
fn the_source_is_pulled_no_further_than_the_bound() {
    for number in 0..RUNS {
        let (made, bad) = (AtomicUsize::new(0), 20 + number);
        let source = std::iter::repeat_with(|| made.fetch_add(1, SeqCst));
        let settings = Settings::new().processes([0, 2, 7][number % 3]);
        let settings = if number % 2 == 0 { settings.shuffle(number as u64) } else { settings };
        let work = |x: usize| {
            Cost::Even(150).pay(x as u64);
            if x == bad { Err(x) } else { Ok(x) }
        };
        let found = with(settings, || pipeline!(source, par(work, try), count(), in_flight = 5, chunksize = 10));
        assert_eq!(found, Err(bad));
        // Batches hold at most 1,024 items, in whole chunks; whose failure is known is not pulled beyond.
        let made = made.load(SeqCst);
        assert!(made <= bad + 1 + 5 * 1_020, "{made} pulled for {bad}");
    }
}

/// A value whose destructor panics, once.
struct Grenade<'f>(u64, &'f AtomicBool);

impl Drop for Grenade<'_> {
    fn drop(&mut self) {
        if self.0 == 700 && !self.1.swap(true, SeqCst) {
            resume_unwind(Box::new("destructor"));
        }
    }
}

#[test]
fn a_destructor_that_panics_is_a_panic_of_its_item() {
    for processes in [1, 2, 7] {
        for _ in 0..50 {
            let (thrown, mut ended) = (AtomicBool::new(false), 0);
            let run = || {
                pipeline!(
                    (0..1_000).map(|x| Grenade(x, &thrown)),
                    par(|grenade| {
                        Cost::Even(500).pay(grenade.0);
                        grenade
                    }),
                    par_filter(|grenade| grenade.0 != 700),
                    for_each(|_grenade| ended += 1),
                    processes = processes,
                );
            };
            let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
            assert_eq!((payload.downcast_ref(), ended), (Some(&"destructor"), 700));
        }
    }
}

#[test]
fn the_item_is_named_with_its_place_in_the_source() {
    let test = "failures::the_item_is_named_with_its_place_in_the_source";
    let told = crate::process::in_a_process_of_its_own(test, &[], || {
        for processes in [1, 2] {
            let run = || {
                pipeline!(
                    0..100_000_u64,
                    par_filter(|x| x % 2 == 0),
                    par_flat_map(|x| [x, x]),
                    par(|x| {
                        Cost::Even(300).pay(x);
                        x
                    }),
                    serial(|x| x),
                    par(|x| if x == 77_778 { resume_unwind(Box::new(())) } else { x }),
                    count(),
                    processes = processes,
                )
            };
            assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        }
    });
    let named = told.lines().filter(|line| line.contains("item 77778 of pipeline! (tests/pipelines/failures.rs:"));
    assert!(crate::process::is_child() || named.count() == 2, "{told}");
}
