//! The schedule, as arithmetic: how large a run is, when the caller asks for help, what a helper is thought to cost.
//!
//! Pure functions of counts and times; it must never read a clock, touch an atomic or know of a thread. Times are in
//! nanoseconds (`f32`: seven digits are far more than the guesses are worth), counts in items.
//!
//! The constants were chosen on 2 cores with `cargo run --release -p parmap-bench`, which is also how to measure again.

use crate::pace::{Pace, SURELY_WORTH_NS, items_in};

/// A run is sized to take about this long: long beside the 0.1 us that claiming one costs, short beside the time that
/// workers differ by in the end.
pub(crate) const RUN_NS: f32 = 50_000.0;
/// Runs of items that may write much are as long as this while much is left: workers that write far from one another do
/// not wait for one another's page faults (with runs of [`RUN_NS`], 10^7 results of 8 bytes took 5% longer, and 30% where
/// pages are huge). What turns out too long is given back.
const LONG_RUN_NS: f32 = 20_000_000.0;
/// Items that cost more than this do not write so much that it matters.
const WRITES_NS: f32 = 100.0;
/// Runs shrink towards the end of a call, but not below this.
const LAST_RUN_NS: f32 = 3_000.0;
/// How many runs for each worker may wait for results to be taken in order: so many that a worker held back for some
/// tenths of a millisecond does not hold up the others.
const RUNS_AHEAD: usize = 8;
/// How many results may wait at most, unless whole chunks are more: some megabytes.
const WAITING_AT_MOST: usize = 1 << 17;
/// Between two looks at whether another is out of work.
pub(crate) const LOOK_NS: f32 = 4_000.0;
/// Helpers are asked for when the predicted rest is worth this many times what a helper costs before it helps.
const WORTH: f32 = 2.0;
/// An unknown site asks for a helper before its first item if it has at most this many items for each worker: the caller
/// alone with the first of them would be a sixteenth of the call or more.
const FEW_ITEMS: usize = 16;
/// What a helper costs until it was measured: the caller's time to ask, and the time until the helper is there.
pub(crate) const HELP_NS: f32 = 20_000.0;
/// Between these the measured cost of a helper is believed. The lower end is for the caller: to ask takes it some
/// microseconds (5 to 10, on a virtual machine), even where the helper is there at once.
const HELP_NS_RANGE: std::ops::RangeInclusive<f32> = 15_000.0..=20_000_000.0;

/// What a site remembers of the items of earlier calls.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Nanoseconds an item, if there were any.
    pub(crate) item_ns: Option<f32>,
    /// Whether some items of the last call were far dearer than most.
    pub(crate) uneven: bool,
}

/// What is known of a call before its first item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Items are handed out in multiples of this many.
    pub(crate) chunk: usize,
    /// Where the call did not say: items that are cheap are handed out in multiples of this many.
    pub(crate) grain: usize,
    /// How many may work on the call, the caller included.
    pub(crate) workers: usize,
    /// Nanoseconds an item, if the site was called before.
    pub(crate) item_ns: Option<f32>,
    /// Whether some items were far dearer than most then.
    pub(crate) uneven: bool,
    /// Whether runs may be long while much is left: not where results are taken in order, or items made as they are
    /// handed out.
    pub(crate) has_long_runs: bool,
}

impl Plan {
    /// A call of `items` items (the most there can be) that may use `threads` threads, at a site that remembers this.
    #[inline]
    pub(crate) fn new(items: usize, chunksize: usize, threads: usize, memory: Memory) -> Self {
        let chunk = chunksize.max(1);
        let chunks = if chunk == 1 { items } else { items.div_ceil(chunk) };
        let Memory { item_ns, uneven } = memory;
        Plan { chunk, grain: chunk, workers: threads.min(chunks).max(1), item_ns, uneven, has_long_runs: false }
    }

    /// A call whose runs of cheap items had better be multiples of `grain` items.
    #[inline]
    pub(crate) fn in_grains(self, grain: usize) -> Self {
        Plan { grain: self.chunk.saturating_mul(grain), ..self }
    }

    /// A call whose runs may be long while much is left, if `may` is true.
    #[inline]
    pub(crate) fn in_long_runs(self, may: bool) -> Self {
        Plan { has_long_runs: may, ..self }
    }

    /// What runs are multiples of: whole grains if they are short beside a run.
    fn multiple(&self, item_ns: Option<f32>) -> usize {
        let cheap = item_ns.is_some_and(|item_ns| self.grain as f32 * item_ns < LAST_RUN_NS);
        if cheap { self.grain } else { self.chunk }
    }

    /// True if nobody could help: one worker, or one chunk.
    #[inline]
    pub(crate) fn is_alone(&self) -> bool {
        self.workers == 1
    }

    /// Whether to ask for a helper before the first item, as the caller alone with it might be late for the rest.
    #[inline]
    pub(crate) fn asks_first(&self, items: usize, help_ns: impl FnOnce() -> f32) -> bool {
        match self.item_ns {
            None => items <= self.workers.saturating_mul(FEW_ITEMS),
            // The first comparison is the second with the cheapest helper there can be, which need not be looked up.
            Some(item_ns) => {
                let total_ns = items as f32 * item_ns;
                is_worth(total_ns, *HELP_NS_RANGE.start()) && is_worth(total_ns, help_ns())
            }
        }
    }

    /// Whether `rest` more items are worth the first helper, for a caller that has been alone at this pace.
    pub(crate) fn is_worth_asking(&self, rest: usize, pace: &Pace, help_ns: impl FnOnce() -> f32) -> bool {
        let Some(item_ns) = pace.item_ns() else { return false };
        let rest_ns = rest as f32 * item_ns;
        // First items may be slow for reasons of their own (page faults, cold caches) and must not look like slow items.
        // They are believed once the call has lasted so long that a wrong guess is cheap beside that; sooner where the
        // site's memory bears them out.
        let is_worth = |help_ns: f32| {
            let believed_from = if pace.is_trusted() { help_ns / 4.0 } else { WORTH * help_ns };
            is_worth(rest_ns, help_ns) && pace.ns() > believed_from.min(SURELY_WORTH_NS)
        };
        // What is not worth the cheapest helper there can be is not worth looking up its price.
        !self.is_alone() && rest > self.chunk && is_worth(*HELP_NS_RANGE.start()) && is_worth(help_ns())
    }

    /// Whether the `helpers` of a call should become one more: as many as will each find as much work as the first, or a
    /// chunk that is worth one by itself.
    pub(crate) fn is_worth_another(&self, rest: usize, item_ns: Option<f32>, helpers: usize, help_ns: f32) -> bool {
        // One chunk for the one who asks; the rest is shared by all who are there, and the next.
        let rest = rest.saturating_sub(self.chunk);
        rest > 0
            && item_ns.is_none_or(|item_ns| {
                let share = rest as f32 / (helpers + 1) as f32;
                let chunk = rest.min(self.chunk) as f32;
                is_worth(share.max(chunk) * item_ns, help_ns)
            })
    }

    /// How many of the `remaining` items to claim as one run, for a worker whose items took `item_ns` lately.
    pub(crate) fn run(&self, remaining: usize, item_ns: Option<f32>) -> usize {
        let Some(item_ns) = self.cautious(item_ns) else { return self.chunk };
        let is_long = self.has_long_runs && item_ns < WRITES_NS;
        let by_time = items_in(if is_long { LONG_RUN_NS } else { RUN_NS }, item_ns);
        let shrinking = remaining / 2 / self.workers;
        self.whole_chunks(by_time.min(shrinking.max(items_in(LAST_RUN_NS, item_ns))), Some(item_ns))
    }

    /// How many items may be handed out ahead of the first whose result was not taken yet, where results are taken in
    /// order: some runs for each worker, at the pace of one whose items took `item_ns` lately.
    pub(crate) fn window(&self, item_ns: Option<f32>) -> usize {
        let run = self.cautious(item_ns).map_or(1, |item_ns| items_in(RUN_NS, item_ns));
        let ahead = RUNS_AHEAD.saturating_mul(self.workers);
        let chunks = self.chunk.saturating_mul(self.workers).saturating_mul(2);
        self.whole_chunks(run, None).saturating_mul(ahead).min(WAITING_AT_MOST.max(chunks))
    }

    /// How many items a worker that did `done`, and whose items took `item_ns` lately, does between two looks at whether
    /// another is out of work. No more than it did: what `item_ns` says may be a guess, or change.
    pub(crate) fn look(&self, item_ns: Option<f32>, done: usize) -> usize {
        self.cautious(item_ns).map_or(1, |item_ns| items_in(LOOK_NS, item_ns)).min(done.max(1))
    }

    /// What items took lately, or what the site remembers if that is dearer and its costs are uneven: its dear items may
    /// stand in a cluster behind cheap ones. To be careful costs nothing beside what it remembers.
    fn cautious(&self, item_ns: Option<f32>) -> Option<f32> {
        item_ns.map(|lately| if self.uneven { lately.max(self.item_ns.unwrap_or(0.0)) } else { lately })
    }

    /// Rounds down to whole chunks (or grains, of items that took `item_ns` lately), but not to none.
    pub(crate) fn whole_chunks(&self, items: usize, item_ns: Option<f32>) -> usize {
        let chunk = self.multiple(item_ns);
        if chunk == 1 { items.max(1) } else { (items / chunk).max(1).saturating_mul(chunk) }
    }

    /// How many items from `index` on belong to the chunk (or grain) that `index` lies in, if it is not the first of it.
    pub(crate) fn rest_of_chunk(&self, index: usize, item_ns: Option<f32>) -> usize {
        let chunk = self.multiple(item_ns);
        match index % chunk {
            0 => 0,
            past => chunk - past,
        }
    }

    /// Whether the `rest` of a run is long enough to be given back, once somebody waits for it.
    pub(crate) fn is_worth_returning(&self, rest: usize, item_ns: f32) -> bool {
        rest > 0 && rest as f32 * item_ns > LAST_RUN_NS
    }
}

/// Whether `rest_ns` of work are worth a helper that costs `help_ns`. An endless price is that of a helper that cannot be
/// had.
#[inline]
pub(crate) fn is_worth(rest_ns: f32, help_ns: f32) -> bool {
    rest_ns > (WORTH * help_ns).min(SURELY_WORTH_NS) && help_ns.is_finite()
}

/// What a helper is thought to cost, after one took `ns` from being asked for to being there.
///
/// One measurement counts for half, and for at most four times what was thought: a thread that the system held back for
/// milliseconds once says little of the next.
pub(crate) fn help_measured(before: f32, ns: f32) -> f32 {
    let (lowest, highest) = HELP_NS_RANGE.into_inner();
    ((before + ns.min(4.0 * before)) / 2.0).clamp(lowest, highest)
}

/// What a helper is thought to cost, after one was not worth asking for at the cost `before`.
///
/// Without this a busy spell would be remembered for good: who never asks never measures again. At half a percent a
/// call, one that was thought twice too dear is tried again after some 140 calls.
pub(crate) fn help_not_asked(before: f32) -> f32 {
    HELP_NS_RANGE.start().max(before * 0.995)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pace::tests::costs;

    fn plan(chunk: usize, workers: usize) -> Plan {
        Plan { chunk, grain: chunk, workers, item_ns: None, uneven: false, has_long_runs: false }
    }

    /// What workers that claim runs of `plan` take for these items, if each is done at its `cost`: the time at which the
    /// last is done, and how many runs there were.
    fn simulate(plan: Plan, items: usize, cost: impl Fn(usize) -> f32) -> (f32, usize) {
        let mut workers = vec![(0.0_f32, Pace::default()); plan.workers];
        let (mut next, mut runs) = (0, 0);
        while next < items {
            let idle = workers.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
            let run = plan.run(items - next, idle.1.item_ns()).min(items - next);
            let ns = (next..next + run).map(&cost).sum();
            idle.0 += ns;
            idle.1.record(run, ns);
            next += run;
            runs += 1;
        }
        (workers.iter().map(|worker| worker.0).fold(0.0, f32::max), runs)
    }

    proptest! {
        #[test]
        fn runs_are_whole_chunks(
            remaining in 1..usize::MAX, chunk in 1..10_000_usize, workers in 1..usize::MAX, item_ns in costs(),
        ) {
            for (item_ns, long) in [None, Some(item_ns), Some(0.0), Some(f32::INFINITY)].map(|ns| [(ns, false), (ns, true)]).concat() {
                let run = plan(chunk, workers).in_long_runs(long).run(remaining, item_ns);
                prop_assert!(run >= chunk && run % chunk == 0);
                // A run is no more than its share of the rest, but for what is not worth sharing or not to be cut.
                let floor = items_in(LAST_RUN_NS, item_ns.unwrap_or(f32::MAX)).max(chunk);
                prop_assert!(run <= floor.max(remaining / 2 / workers));
            }
        }

        #[test]
        fn equal_items_end_within_a_last_run_of_the_ideal(
            items in 1..100_000_usize, workers in 2..17_usize, cost in 1.0..1e6_f32,
        ) {
            let long = simulate(plan(1, workers).in_long_runs(true), items, |_| cost);
            let (makespan, runs) = simulate(plan(1, workers), items, |_| cost);
            prop_assert!(long.1 <= runs && long.0 <= 1.001 * makespan + LAST_RUN_NS + 2.0 * cost, "{long:?}");
            // Each worker's first run is one item, as nobody knows the cost yet; the last runs differ by their length.
            let ideal = (items as f32 * cost / workers as f32).max(cost);
            let uneven = LAST_RUN_NS + 2.0 * cost;
            prop_assert!(makespan <= 1.001 * ideal + uneven, "{makespan} ns, ideally {ideal}");
            // And no run is too short to be worth claiming, but for the last few of each worker.
            let worth = (items as f32 * cost / RUN_NS) as usize;
            prop_assert!(runs <= 2 * worth + 60 * workers + (items as f32 * cost / LAST_RUN_NS.max(cost)) as usize);
        }

        #[test]
        fn a_cluster_of_dear_items_that_the_site_remembers_is_shared(
            cheap in 1..20_000_usize, dear in 8..200_usize, workers in 2..9_usize,
        ) {
            let cost = |item| if item < cheap { 2.0 } else { 1e6 };
            let total = cheap as f32 * 2.0 + dear as f32 * 1e6;
            let mean = total / (cheap + dear) as f32;
            let remembering = Plan { item_ns: Some(mean), uneven: true, ..plan(1, workers) };
            let (makespan, _) = simulate(remembering, cheap + dear, cost);
            prop_assert!(makespan <= total / workers as f32 + 2.0 * (RUN_NS / mean + 1.0) * 1e6);
        }

        #[test]
        fn being_held_up_once_asks_for_nobody(before in 1..20_usize, held_up in 0.0..20_000.0_f32, help_ns in 15e3..1e6_f32) {
            // Items of 300 ns that a site remembers: too few to be worth a helper, wherever an interrupt falls.
            let mut pace = Pace::guess(Some(300.0));
            for (items, ns) in [(1, 0.0), (before, held_up), (20, 0.0)] {
                pace.record(items, items as f32 * 300.0 + ns);
                prop_assert!(!plan(1, 2).is_worth_asking(64 - pace.items(), &pace, || help_ns));
            }
        }

        #[test]
        fn small_work_asks_for_nobody(items in 2..1_000_000_usize, workers in 2..64_usize, help_ns in 5e3..1e6_f32) {
            // In all less than the cheapest helper is worth, whatever the site remembers and the clock has shown.
            let item_ns = 0.99 * WORTH * HELP_NS_RANGE.start() / items as f32;
            let plan = Plan { item_ns: Some(item_ns), ..plan(1, workers) };
            prop_assert!(!plan.asks_first(items, || help_ns));
            let mut pace = Pace::guess(Some(item_ns));
            let mut done = 0;
            while done < items {
                let block = pace.probe().min(items - done);
                pace.record(block, block as f32 * item_ns);
                done += block;
                prop_assert!(!plan.is_worth_asking(items - done, &pace, || help_ns));
            }
        }

        #[test]
        fn heavy_work_asks_after_the_first_item_at_the_latest(
            items in 2..1_000_usize, workers in 2..64_usize, help_ns in 5e3..1e6_f32, known in prop::option::of(costs()),
        ) {
            let cost = 3.0 * WORTH * help_ns;
            let plan = Plan { item_ns: known, ..plan(1, workers) };
            let mut pace = Pace::guess(known);
            pace.record(1, cost);
            prop_assert!(plan.asks_first(items, || help_ns) || plan.is_worth_asking(items - 1, &pace, || help_ns) || items == 2);
        }

        #[test]
        fn each_heavy_item_is_worth_a_helper(items in 2..1_000_usize, helpers in 0..1_000_usize, help_ns in 5e3..1e6_f32) {
            prop_assert!(plan(1, 64).is_worth_another(items, Some(3.0 * WORTH * help_ns), helpers, help_ns));
            prop_assert!(!plan(1, 64).is_worth_another(1, Some(3.0 * WORTH * help_ns), helpers, help_ns));
            prop_assert!(!plan(1, 64).is_worth_another(items, Some(0.5 * help_ns / items as f32), helpers, help_ns));
        }

        #[test]
        fn a_first_item_slow_for_its_own_reasons_asks_for_nobody(items in 100..10_000_usize, first in 1e3..3e4_f32) {
            let plan = plan(1, 2);
            let mut pace = Pace::guess(None);
            pace.record(1, first);
            let after_first = plan.is_worth_asking(items - 1, &pace, || HELP_NS);
            pace.record(1, 30.0);
            prop_assert!(!after_first && !plan.is_worth_asking(items.min(1_000) - 2, &pace, || HELP_NS));
        }

        #[test]
        fn a_helpers_price_is_bounded_follows_and_is_forgotten(before in 5e3..2e7_f32, ns in 0.0..1e9_f32) {
            let after = help_measured(before, ns);
            prop_assert!(HELP_NS_RANGE.contains(&after));
            let follows = if ns > before { after >= before } else { after <= before };
            prop_assert!(follows);
            prop_assert!(after <= 2.5 * before);
            let mut price = before;
            let mut calls = 0;
            while price > *HELP_NS_RANGE.start() {
                price = help_not_asked(price);
                calls += 1;
            }
            prop_assert!(calls < 2_000);
        }
    }

    #[test]
    fn few_items_of_an_unknown_site_are_not_probed_first() {
        assert!(plan(1, 4).asks_first(4, || HELP_NS));
        assert!(!plan(1, 4).asks_first(1_000, || HELP_NS));
        assert!(plan(1, 4).is_worth_another(3, None, 1, HELP_NS));
        assert!(!plan(1, 4).is_worth_another(1, None, 1, HELP_NS));
    }

    #[test]
    fn one_worker_or_one_chunk_is_alone() {
        assert!(Plan::new(1_000, 0, 1, Memory::default()).is_alone());
        assert!(Plan::new(1, 0, 8, Memory::default()).is_alone());
        assert!(Plan::new(0, 0, 8, Memory::default()).is_alone());
        assert!(Plan::new(25, 25, 8, Memory::default()).is_alone());
        assert_eq!(Plan::new(26, 25, 8, Memory::default()).workers, 2);
        assert_eq!(Plan::new(usize::MAX, 0, 8, Memory::default()).workers, 8);
    }

    #[test]
    fn a_run_is_given_back_at_a_chunks_end() {
        assert_eq!(plan(25, 2).rest_of_chunk(60, None), 15);
        assert_eq!(plan(25, 2).rest_of_chunk(75, None), 0);
        assert_eq!(plan(1, 2).rest_of_chunk(7, None), 0);
        // Of a range that is never gone through to its end, but in a random order.
        assert_eq!(plan(25, 2).rest_of_chunk(usize::MAX, None), 10);
        assert!(plan(1, 2).is_worth_returning(1, 1e6) && !plan(1, 2).is_worth_returning(10, 1.0));
    }

    #[test]
    fn cheap_items_are_believed_unless_the_site_has_seen_clusters() {
        let dear = Plan { item_ns: Some(2e6), ..plan(1, 2) };
        assert!(dear.run(1_000_000, Some(1.0)) > 10_000 && dear.look(Some(1.0), 10_000) > 1_000);
        let clusters = Plan { uneven: true, ..dear };
        assert_eq!((clusters.run(1_000_000, Some(1.0)), clusters.look(Some(1.0), 10_000)), (1, 1));
        // And a guess not before it was borne out.
        assert_eq!((dear.look(Some(1.0), 0), dear.look(Some(1.0), 3)), (1, 3));
    }

    #[test]
    fn runs_of_cheap_items_are_whole_grains() {
        let grains = plan(1, 2).in_grains(512);
        assert_eq!(grains.run(1_000_000, Some(2.0)) % 512, 0);
        assert_eq!(grains.rest_of_chunk(600, Some(2.0)), 424);
        // Of dear items a grain would be too long to leave to one worker.
        assert_eq!(grains.run(1_000_000, Some(50_000.0)), 1);
        assert_eq!((grains.rest_of_chunk(600, Some(50_000.0)), grains.rest_of_chunk(600, None)), (0, 0));
        assert_eq!(plan(25, 2).in_grains(512).run(1_000_000, Some(0.1)) % (25 * 512), 0);
    }
}
