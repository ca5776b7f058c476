//! The schedule, as arithmetic: how large a run is, when the caller asks for help, what a site remembers.
//!
//! Pure functions of counts and times; it must never read a clock, touch an atomic or know of a thread. Times are in
//! nanoseconds (`f32`: seven digits are far more than the guesses are worth), counts in items.
//!
//! The constants were chosen on 2 cores with `cargo run --release -p parmap-bench`, which is also how to measure again.

/// A run is sized to take about this long: long beside the 0.1 us that claiming one costs, short beside the time that
/// workers differ by in the end.
const RUN_NS: f32 = 50_000.0;
/// Runs shrink towards the end of a call, but not below this.
const LAST_RUN_NS: f32 = 3_000.0;
/// Between two looks at whether another is out of work.
const LOOK_NS: f32 = 4_000.0;
/// How long a caller alone works without reading the clock where the first item has borne the site's memory out: some
/// 40 readings.
const TRUSTED_NS: f32 = 1_000.0;
/// What a first item may take beyond what the site remembers of an item: reading the clock, and a cache miss or two.
const FIRST_ITEM_NS: f32 = 150.0;
/// Helpers are asked for when the predicted rest is worth this many times what a helper costs before it helps.
const WORTH: f32 = 2.0;
/// An unknown site asks for a helper before its first item if it has at most this many items for each worker: the caller
/// alone with the first of them would be a sixteenth of the call or more.
const FEW_ITEMS: usize = 16;
/// What a helper costs until it was measured: the caller's time to ask, and the time until the helper is there.
pub(crate) const HELP_NS: f32 = 15_000.0;
/// Between these the measured cost of a helper is believed.
const HELP_NS_RANGE: std::ops::RangeInclusive<f32> = 5_000.0..=20_000_000.0;

/// What is known of a call before its first item.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Items are handed out in multiples of this many.
    pub(crate) chunk: usize,
    /// How many may work on the call, the caller included.
    pub(crate) workers: usize,
    /// Nanoseconds an item, if the site was called before.
    pub(crate) item_ns: Option<f32>,
}

impl Plan {
    /// A call of `items` items (the most there can be) that may use `threads` threads.
    pub(crate) fn new(items: usize, chunksize: usize, threads: usize, item_ns: Option<f32>) -> Self {
        let chunk = chunksize.max(1);
        Plan { chunk, workers: threads.min(items.div_ceil(chunk)).max(1), item_ns }
    }

    /// True if nobody could help: one worker, or one chunk.
    pub(crate) fn is_alone(&self) -> bool {
        self.workers == 1
    }

    /// Whether to ask for a helper before the first item, as the caller alone with it might be late for the rest.
    pub(crate) fn asks_first(&self, items: usize, help_ns: impl FnOnce() -> f32) -> bool {
        match self.item_ns {
            None => items <= self.workers.saturating_mul(FEW_ITEMS),
            // The first comparison is the second with the cheapest helper there can be, which need not be looked up.
            Some(item_ns) => {
                let total = items as f32 * item_ns;
                total > WORTH * HELP_NS_RANGE.start() && total > WORTH * help_ns()
            }
        }
    }

    /// Whether `rest` more items are worth the first helper, for a caller that has been alone at this pace.
    pub(crate) fn is_worth_asking(&self, rest: usize, pace: &Pace, help_ns: impl FnOnce() -> f32) -> bool {
        let Some(item_ns) = pace.item_ns else { return false };
        let rest_ns = rest as f32 * item_ns;
        // First items may be slow for reasons of their own (page faults, cold caches) and must not look like slow items.
        // They are believed once the call has lasted so long that a wrong guess is cheap beside that; sooner where the
        // site's memory bears them out.
        let is_worth = |help_ns: f32| {
            let believed_from = if pace.trusted { help_ns / 4.0 } else { WORTH * help_ns };
            rest_ns > WORTH * help_ns && pace.ns > believed_from
        };
        // What is not worth the cheapest helper there can be is not worth looking up its price.
        rest > self.chunk && is_worth(*HELP_NS_RANGE.start()) && is_worth(help_ns())
    }

    /// Whether the `helpers` of a call should become one more: as many as will each find as much work as the first.
    pub(crate) fn is_worth_another(&self, rest: usize, item_ns: Option<f32>, helpers: usize, help_ns: f32) -> bool {
        // One chunk for the one who asks; the rest is shared by all who are there, and the next.
        let rest = rest.saturating_sub(self.chunk);
        rest > 0 && item_ns.is_none_or(|item_ns| rest as f32 * item_ns > WORTH * help_ns * (helpers + 1) as f32)
    }

    /// How many of the `remaining` items to claim as one run, for a worker whose items take `item_ns`.
    pub(crate) fn run(&self, remaining: usize, item_ns: Option<f32>) -> usize {
        let Some(item_ns) = item_ns else { return self.chunk };
        let by_time = items_in(RUN_NS, item_ns);
        let shrinking = remaining / (2 * self.workers);
        self.whole_chunks(by_time.min(shrinking.max(items_in(LAST_RUN_NS, item_ns))))
    }

    /// Rounds down to whole chunks, but not to none.
    pub(crate) fn whole_chunks(&self, items: usize) -> usize {
        if self.chunk == 1 { items.max(1) } else { (items / self.chunk).max(1).saturating_mul(self.chunk) }
    }

    /// How many items from `index` on belong to the chunk that `index` lies in, if it is not the first of it.
    pub(crate) fn rest_of_chunk(&self, index: usize) -> usize {
        if self.chunk == 1 { 0 } else { index.next_multiple_of(self.chunk) - index }
    }

    /// Whether the `rest` of a run is long enough to be given back, once somebody waits for it.
    pub(crate) fn is_worth_returning(&self, rest: usize, item_ns: f32) -> bool {
        rest > 0 && rest as f32 * item_ns > LAST_RUN_NS
    }
}

/// How many items of `item_ns` fit in `ns`, at least one.
fn items_in(ns: f32, item_ns: f32) -> usize {
    // A float converts to an integer by saturating, so a cost of 0 gives the largest count.
    ((ns / item_ns) as usize).max(1)
}

/// What a worker has seen of the cost of its items.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// Nanoseconds an item, lately; `None` before the first measurement.
    item_ns: Option<f32>,
    items: usize,
    ns: f32,
    /// Whether the first item took about as long as was guessed.
    trusted: bool,
}

impl Pace {
    /// A pace that starts from a guess.
    pub(crate) fn guess(item_ns: Option<f32>) -> Self {
        Pace { item_ns, ..Pace::default() }
    }

    /// Nanoseconds an item, lately.
    pub(crate) fn item_ns(&self) -> Option<f32> {
        self.item_ns
    }

    /// How many items were measured.
    pub(crate) fn items(&self) -> usize {
        self.items
    }

    /// How long they took together.
    pub(crate) fn ns(&self) -> f32 {
        self.ns
    }

    /// Notes that `items` items took `ns`.
    pub(crate) fn record(&mut self, items: usize, ns: f32) {
        if items == 0 {
            return;
        }
        // A clock that stands still for an item is no proof that items are free.
        let lately = ns.max(0.1) / items as f32;
        let first = self.items == 0;
        self.items += items;
        self.ns += ns;
        self.item_ns = Some(match self.item_ns {
            Some(guess) if first => {
                self.trusted = lately < 4.0 * guess + FIRST_ITEM_NS / items as f32;
                if self.trusted { guess } else { lately }
            }
            // Costs drift slowly or jump: follow a drift by halves, believe a jump.
            Some(item_ns) if lately < 4.0 * item_ns && item_ns < 4.0 * lately => (item_ns + lately) / 2.0,
            _ => lately,
        });
    }

    /// How many items the caller does next while it is alone, before it reads the clock: one, and then as many as it has
    /// done, so that the clock is read once per doubling; or as memory allows.
    pub(crate) fn probe(&self) -> usize {
        match self.item_ns {
            Some(item_ns) if self.trusted => self.items.max(items_in(TRUSTED_NS, item_ns)),
            _ => self.items.max(1),
        }
    }

    /// How many items a worker does between two looks at whether another is out of work.
    pub(crate) fn look(&self) -> usize {
        self.item_ns.map_or(1, |item_ns| items_in(LOOK_NS, item_ns))
    }
}

/// What a site remembers after a call in which `items` items took `ns`.
///
/// The last call is believed at once if it differs much, so that a wrong prediction is made only once, and little by
/// little otherwise, so that noise does not move it.
pub(crate) fn remembered(before: Option<f32>, items: usize, ns: f32) -> Option<f32> {
    if items == 0 {
        return before;
    }
    let now = ns.max(0.1) / items as f32;
    match before {
        Some(before) if now < 1.2 * before && before < 1.2 * now => Some(before),
        Some(before) if now < 4.0 * before && before < 4.0 * now => Some((3.0 * before + now) / 4.0),
        _ => Some(now),
    }
}

/// What a helper is thought to cost, after one took `ns` from being asked for to being there.
pub(crate) fn help_measured(before: f32, ns: f32) -> f32 {
    let (lowest, highest) = HELP_NS_RANGE.into_inner();
    ((3.0 * before + ns) / 4.0).clamp(lowest, highest)
}

/// What a helper is thought to cost, after one was not worth asking for at the cost `before`.
///
/// Without this a busy spell would be remembered for good: who never asks never measures again.
pub(crate) fn help_not_asked(before: f32) -> f32 {
    // 1% a call: after about 70 calls a helper that was thought twice too dear is asked for again.
    HELP_NS_RANGE.start().max(before * 0.99)
}
