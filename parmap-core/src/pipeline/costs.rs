//! What the stages of a pipeline cost, and what follows from that: how large batches are, whether workers are worth asking
//! for. Arithmetic only, as in `schedule.rs`: times in nanoseconds, of an item that was pulled from the source.

use crate::{
    pace::{Pace, followed, items_in},
    schedule::{LOOK_NS, RUN_NS, is_worth},
    sync::whole::{AtomicU32, Ordering},
};

/// A batch has no more items, unless chunks are larger: so many that what a batch costs does not show beside items of a
/// nanosecond, few enough to stay in a core's cache.
pub(crate) const BATCH: usize = 1024;
/// A caller alone does no more items before it looks at the clock: beside so many one reading does not show.
const ALONE: usize = 4096;
/// The clock is read once in so long at most: some 40 readings.
const READ_NS: f32 = 1_000.0;
/// Batches under way for each worker, where the pipeline does not say: as many as a stage may be late.
pub(crate) const PER_WORKER: usize = 8;
/// The most batches under way where the pipeline does not say.
pub(crate) const IN_FLIGHT: usize = 256;
/// Sharing has to promise this part of the time that the caller takes alone.
const PROMISE: f32 = 0.9;
/// How many batches tell what the stages cost.
const TRIAL: u32 = 3;
/// How long a caller goes on alone where sharing was not worth it, before it tries again: at first, and at most.
const RETRY_NS: std::ops::RangeInclusive<f32> = 1_000_000.0..=64_000_000.0;
/// Beside items that take so long nothing shows of what batches cost, so that there is no reason to go back to the plain
/// loop, where one item may hold up all others.
const DEAR_NS: f32 = 1_000.0;
/// How long sharing is looked at, to see whether it keeps its promise.
const WINDOW_NS: f32 = 2_000_000.0;

/// Who finds nothing to do listens this many times longer where the next batch is not further away than so long: to come
/// again costs more. Measured with `csv_pipeline`, which gained a third by it.
const PATIENCE: u32 = 32;
const PATIENCE_NS: f32 = 100_000.0;

/// What one stage costs: nanoseconds an item, as the bits of an `f32`; 0.0 before it was measured.
///
/// Memory ordering: `Relaxed`, a guess.
#[derive(Debug, Default)]
pub(crate) struct Cost(AtomicU32);

impl Cost {
    /// Notes that a batch of so many items took `ns`.
    pub(crate) fn record(&self, items: usize, ns: f32) {
        if items > 0 {
            let lately = ns.max(0.1) / items as f32;
            // Of the first batches cold caches are the larger part: what is cheaper is believed at once.
            let ns = if self.ns().is_some_and(|before| before > lately) { lately } else { followed(self.ns(), lately) };
            self.0.store(ns.to_bits(), Ordering::Relaxed);
        }
    }

    fn ns(&self) -> Option<f32> {
        let ns = f32::from_bits(self.0.load(Ordering::Relaxed));
        (ns > 0.0).then_some(ns)
    }
}

/// What all stages cost, source and end included.
#[derive(Clone, Copy, Debug, Default)]
pub struct Costs {
    /// An item from the source to the end.
    pub(crate) total_ns: f32,
    /// The time between two items where they have to go one by one, or few at a time.
    pub(crate) narrowest_ns: f32,
    /// Whether no batch has come through some of the stages yet, so that the others say too little.
    pub(crate) is_partial: bool,
}

impl Costs {
    /// Adds a stage that `width` workers can be in.
    pub(crate) fn add(&mut self, cost: &Cost, width: usize) {
        let Some(ns) = cost.ns() else {
            self.is_partial = true;
            return;
        };
        self.total_ns += ns;
        self.narrowest_ns = self.narrowest_ns.max(ns / width as f32);
    }

    /// How many workers find something to do.
    fn useful_workers(&self) -> f32 {
        if self.narrowest_ns > 0.0 { self.total_ns / self.narrowest_ns } else { f32::INFINITY }
    }

    /// Nanoseconds between two items if so many workers share them.
    fn shared_ns(&self, workers: usize) -> f32 {
        self.narrowest_ns.max(self.total_ns / workers as f32)
    }
}

/// The bounds of one pipeline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many may work, the caller included.
    pub(crate) workers: usize,
    /// Batches between the source and the end.
    pub(crate) in_flight: usize,
    /// Batches are multiples of this many items.
    pub(crate) chunk: usize,
}

impl Bounds {
    /// For a pipeline that may use `threads` threads.
    pub(crate) fn new(threads: usize, in_flight: Option<usize>, chunk: usize) -> Self {
        let in_flight = in_flight.unwrap_or_else(|| threads.saturating_mul(PER_WORKER).min(IN_FLIGHT));
        // Who works has a batch.
        Bounds { workers: threads.min(in_flight).max(1), in_flight, chunk: chunk.max(1) }
    }

    /// How many items to pull as one batch, where an item costs `total_ns` and there are at most `remaining`.
    pub(crate) fn batch(&self, total_ns: f32, is_trial: bool, remaining: Option<usize>) -> usize {
        let ns = if is_trial { LOOK_NS } else { RUN_NS };
        let by_time = if total_ns > 0.0 { items_in(ns, total_ns) } else { 1 };
        let shrinking = remaining.map_or(BATCH, |remaining| remaining / 2 / self.workers);
        let items = by_time.min(shrinking).clamp(1, BATCH);
        (items / self.chunk).max(1).saturating_mul(self.chunk)
    }

    /// How many items are done between two looks at the clock, or at whether to go on.
    pub(crate) fn look(total_ns: f32) -> usize {
        if total_ns > 0.0 { items_in(LOOK_NS, total_ns) } else { 1 }
    }

    /// How long a worker listens for work, in multiples of some microseconds. What is narrow lets a batch through soon, or
    /// (a source that is slow, say) not for so long that it should be listened for.
    pub(crate) fn patience(&self, costs: Costs) -> u32 {
        let ns = costs.narrowest_ns * self.batch(costs.total_ns, false, None) as f32;
        if ns < PATIENCE_NS { PATIENCE } else { 1 }
    }

    /// Whether there is room for many more batches: a helper that comes for one is gone soon.
    pub(crate) fn is_open(&self, room: usize) -> bool {
        room >= self.in_flight - self.in_flight / 2
    }

    /// Whether one more helper is worth asking for, beside so many workers, if `rest` items are expected.
    pub(crate) fn is_worth_another(&self, costs: Costs, workers: usize, rest: usize, help_ns: f32) -> bool {
        // One more has to promise something, too: with a source that is nearly all of the work it finds nothing to do.
        let useful = (PROMISE * costs.useful_workers()).min(self.workers as f32);
        (workers as f32) < useful && is_worth(rest as f32 * costs.total_ns / workers as f32, help_ns)
    }
}

/// How the caller goes about it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// Item by item, as the plain loop, for so long.
    Alone { ns: f32 },
    /// By batches, so many, to see what the stages cost.
    Trial { batches: u32 },
    /// By batches, with helpers.
    Sharing,
}

/// Decides between the plain loop and batches, by what was seen of both.
pub(crate) struct Pilot {
    way: Way,
    workers: usize,
    /// Whether the site remembers cheap items: then one that took long was more likely interrupted.
    is_cheap: bool,
    /// Whether batches are to be handed out in another order, which the plain loop cannot.
    is_shuffled: bool,
    /// What the plain loop takes.
    alone: Pace,
    /// How long to go on alone the next time that sharing is not worth it.
    retry_ns: f32,
    /// Since when sharing is looked at, in nanoseconds and items since the call began.
    window: Option<(f32, usize)>,
    broken: u32,
    /// Whether a helper was thought too dear.
    declined: bool,
}

impl Pilot {
    /// For a call at a site that remembers `item_ns`, where a helper costs `help_ns`.
    pub(crate) fn new(bounds: &Bounds, is_shuffled: bool, item_ns: Option<f32>, help_ns: f32) -> Self {
        let way = match item_ns {
            // An order other than the plain loop's takes batches.
            _ if is_shuffled => Way::Sharing,
            _ if bounds.workers == 1 => Way::Alone { ns: f32::INFINITY },
            Some(item_ns) if is_worth(item_ns, help_ns) => Way::Sharing,
            Some(_) => Way::Alone { ns: help_ns / 4.0 },
            None => Way::Alone { ns: 2.0 * help_ns },
        };
        Pilot {
            way,
            workers: bounds.workers,
            is_cheap: item_ns.is_some_and(|item_ns| item_ns < help_ns),
            is_shuffled,
            alone: Pace::guess(item_ns),
            retry_ns: *RETRY_NS.start(),
            window: None,
            broken: 0,
            declined: false,
        }
    }

    pub(crate) fn is_alone(&self) -> bool {
        matches!(self.way, Way::Alone { .. })
    }

    pub(crate) fn is_sharing(&self) -> bool {
        self.way == Way::Sharing
    }

    /// Whether a helper would have been asked for, were it cheaper.
    pub(crate) fn declined(&self) -> bool {
        self.declined
    }

    pub(crate) fn is_trial(&self) -> bool {
        matches!(self.way, Way::Trial { .. })
    }

    /// What the plain loop takes for an item.
    pub(crate) fn alone_ns(&self) -> Option<f32> {
        self.alone.item_ns()
    }

    /// How many items to do alone before the clock is read, of at most `remaining`.
    pub(crate) fn block(&self, is_stoppable: bool, remaining: Option<usize>) -> usize {
        match (self.way, self.alone.item_ns()) {
            (Way::Alone { ns }, _) if ns.is_infinite() && !is_stoppable => usize::MAX,
            (_, Some(item_ns)) => {
                let most = items_in(if is_stoppable { LOOK_NS } else { RUN_NS }, item_ns);
                // Dear items may stand behind cheap ones.
                let shrinking = remaining.map_or(ALONE, |remaining| remaining / 2 / self.workers);
                // But not so few that reading the clock is most of it.
                let shrinking = shrinking.max(items_in(READ_NS, item_ns));
                self.alone.probe().min(most).min(shrinking).clamp(1, ALONE)
            }
            _ => 1,
        }
    }

    /// Notes that so many items alone took `ns`, of which `rest` more are expected.
    pub(crate) fn was_alone(
        &mut self,
        items: usize,
        ns: f32,
        rest: impl FnOnce() -> usize,
        help_ns: impl FnOnce() -> f32,
    ) {
        self.alone.record(items, ns);
        let Way::Alone { ns: left } = &mut self.way else { return };
        *left -= ns;
        let Some(item_ns) = self.alone.item_ns().filter(|_| *left <= 0.0) else { return };
        let help_ns = help_ns();
        if !is_worth(rest() as f32 * item_ns, help_ns) {
            // What is expected grows with what was done.
            *left = help_ns;
            self.declined = true;
        } else if item_ns > help_ns && !self.is_cheap {
            // To try takes as long as to ask.
            self.share();
        } else {
            self.way = Way::Trial { batches: 0 };
        }
    }

    /// Notes that a batch was done, `now` that `items` were pulled; `is_worth` says whether what is expected at these costs
    /// is worth a helper. Whether helpers should come now.
    pub(crate) fn worked(
        &mut self,
        bounds: &Bounds,
        costs: Costs,
        (now, items): (f32, usize),
        is_worth: impl FnOnce() -> bool,
    ) -> bool {
        let alone_ns = self.alone.item_ns().filter(|_| self.alone.items() > 0);
        match &mut self.way {
            Way::Alone { .. } => false,
            Way::Trial { batches } => {
                *batches += 1;
                if *batches < TRIAL {
                    return false;
                }
                let is_promising =
                    alone_ns.is_none_or(|ns| costs.shared_ns(bounds.workers) < PROMISE * ns) && is_worth();
                if is_promising {
                    self.share();
                } else {
                    self.go_alone();
                }
                is_promising
            }
            Way::Sharing => {
                if alone_ns.is_none() && !self.is_shuffled && costs.total_ns < DEAR_NS {
                    // The site remembers dear items, and these are cheap: what does the plain loop take for them?
                    self.go_alone();
                    return false;
                }
                let &mut (since, before) = self.window.get_or_insert((now, items));
                if now - since < WINDOW_NS {
                    return true;
                }
                let ns = (now - since) / items.saturating_sub(before).max(1) as f32;
                self.window = Some((now, items));
                if alone_ns.is_some_and(|alone_ns| alone_ns < ns && alone_ns < DEAR_NS) {
                    self.broken += 1;
                    if self.broken == 2 {
                        self.go_alone();
                        return false;
                    }
                } else {
                    (self.broken, self.retry_ns) = (0, *RETRY_NS.start());
                }
                true
            }
        }
    }

    fn share(&mut self) {
        self.way = Way::Sharing;
        (self.window, self.broken) = (None, 0);
    }

    fn go_alone(&mut self) {
        self.way = Way::Alone { ns: self.retry_ns };
        self.retry_ns = (2.0 * self.retry_ns).min(*RETRY_NS.end());
    }
}
