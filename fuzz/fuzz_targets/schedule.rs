//! The schedule's arithmetic, through random calls: plans, runs claimed, given back and put back, times, prices of
//! helpers, and pipelines' batches.
//!
//! The engine's modules are private, so those that are tried are modules of this program, beside what they need of
//! others.
#![no_main]
#![allow(dead_code, unreachable_pub)]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;

#[path = "../../parmap-core/src"]
mod engine {
    pub(crate) mod pace;
    pub(crate) mod schedule;
    pub(crate) mod shuffle;

    pub(crate) mod pipeline {
        pub(crate) mod costs;
    }
}

mod sync {
    pub(crate) mod whole {
        pub(crate) use std::sync::{
            Mutex,
            atomic::{AtomicU32, AtomicUsize, Ordering},
        };
    }
}

mod work {
    use std::sync::{Mutex, MutexGuard};

    /// Stands for the engine's, of which the deck only wants a lock.
    #[derive(Clone, Copy)]
    pub(crate) enum Role {
        Caller,
    }

    impl Role {
        pub(crate) fn lock<T>(self, mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
            mutex.lock().ok()
        }
    }
}

// The names under which the sources know each other.
use engine::pipeline::costs::{BATCH, Bounds, Cost, Costs, Pilot};
use engine::{pace, schedule, shuffle};
use pace::{Pace, remembered};
use schedule::{HELP_NS, Memory, Plan, help_measured, help_not_asked};
use shuffle::{Deck, RUNS};

/// So many items are done one by one.
const ITEMS: usize = 4096;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    match input.byte() % 4 {
        0 => call(&mut input),
        1 => answers(&mut input),
        2 => deck(&mut input),
        _ => pipeline(&mut input),
    }
});

/// What random numbers are read from; at its end there are only zeros.
struct Input<'b>(&'b [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn is(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// A number of any size, small ones more often.
    fn count(&mut self) -> usize {
        let bytes = self.byte() % 9;
        (0..bytes).fold(0, |number, _| number << 8 | usize::from(self.byte()))
    }

    fn below(&mut self, end: usize) -> usize {
        self.count() % end
    }

    /// A time in nanoseconds: what a clock can tell, up to centuries.
    fn ns(&mut self) -> f32 {
        match self.byte() {
            0 => 0.0,
            255 => 1e19,
            exponent => 10_f32.powf(f32::from(exponent) / 20.0 - 1.0) * (1.0 + f32::from(self.byte()) / 256.0),
        }
    }

    fn price(&mut self) -> f32 {
        if self.byte() % 8 == 7 { f32::INFINITY } else { self.ns() }
    }

    fn memory(&mut self) -> Memory {
        let item_ns = self.is().then(|| self.ns().max(1e-4));
        Memory { item_ns, uneven: self.is() }
    }

    fn plan(&mut self, items: usize) -> Plan {
        let (chunksize, threads, memory) = (self.count(), self.count(), self.memory());
        let grain = [1, 16, 512, usize::MAX][self.below(4)];
        let plan = Plan::new(items, chunksize, threads, memory).in_grains(grain).in_long_runs(self.is());
        assert!(plan.chunk == chunksize.max(1) && plan.workers >= 1 && plan.workers <= threads.max(1));
        assert!(plan.workers <= items.div_ceil(plan.chunk).max(1), "there is a chunk for each worker: {plan:?}");
        plan
    }
}

/// One call, as `alone.rs` and `call.rs` go about it: every item is done once, in runs that begin at whole chunks.
fn call(input: &mut Input) {
    let items = 1 + input.below(ITEMS);
    let plan = input.plan(items);
    let mut call = Call { plan, items, next: 0, returned: Vec::new(), done: vec![false; items], left: items };
    let mut caller = Worker::new(plan.item_ns);
    if input.is() {
        call.alone(&mut caller, input);
    }
    let mut workers = vec![caller];
    workers.extend((1..plan.workers.min(6)).map(|_| Worker::new(plan.item_ns)));
    let count = workers.len();
    while call.left > 0 {
        // Some worker has something to do, or finds it.
        let first = input.below(count);
        let turn = (first..first + count)
            .map(|turn| turn % count)
            .find(|turn| !workers[*turn].run.is_empty() || call.next < items || !call.returned.is_empty())
            .expect("no item is lost");
        call.step(&mut workers[turn], input);
    }
    assert!(call.done.iter().all(|done| *done) && workers.iter().all(|worker| worker.run.is_empty()));
    let mut seen = workers.iter().fold(Pace::default(), |mut seen, worker| {
        seen.add(worker.pace.items(), worker.pace.ns(), worker.pace.dearest_ns());
        seen
    });
    seen.add(0, 0.0, 0.0);
    let kept = remembered(plan.item_ns, &seen);
    assert!(kept.is_none_or(|ns| ns > 0.0 && ns.is_finite()), "{kept:?} of {seen:?}");
}

struct Call {
    plan: Plan,
    items: usize,
    /// The first item that was not handed out.
    next: usize,
    returned: Vec<Range<usize>>,
    done: Vec<bool>,
    left: usize,
}

struct Worker {
    pace: Pace,
    run: Range<usize>,
    unclocked: usize,
}

impl Worker {
    fn new(item_ns: Option<f32>) -> Self {
        Worker { pace: Pace::guess(item_ns), run: 0..0, unclocked: 0 }
    }
}

impl Call {
    /// A caller that has a run of everything, and may put some of it back.
    fn alone(&mut self, worker: &mut Worker, input: &mut Input) {
        worker.run = 0..self.items;
        self.next = self.items;
        while !worker.run.is_empty() {
            let block = worker.pace.probe().min(worker.run.len());
            assert!(self.done[worker.run.start..][..block].len() == block && block >= 1);
            self.work(worker, block);
            worker.pace.record(std::mem::take(&mut worker.unclocked), input.ns());
            let rest = worker.run.len();
            if self.plan.is_worth_asking(rest, &worker.pace, || input.price()) {
                let keep = self.plan.rest_of_chunk(worker.run.start, worker.pace.item_ns());
                if keep < rest {
                    let end = worker.run.start + keep;
                    (self.next, worker.run.end) = (end, end);
                    assert!(end % self.plan.chunk == 0);
                }
                return;
            }
        }
    }

    /// One of several: a block of its run, or the next run.
    fn step(&mut self, worker: &mut Worker, input: &mut Input) {
        let item_ns = worker.pace.item_ns();
        if worker.run.is_empty() {
            worker.run = match self.returned.pop() {
                Some(mut run) => {
                    let size = self.size(run.len(), item_ns);
                    if size < run.len() {
                        self.returned.push(run.start + size..run.end);
                        run.end = run.start + size;
                    }
                    run
                }
                None if self.next == self.items => return,
                None => {
                    let size = self.size(self.items - self.next, item_ns).min(self.items - self.next);
                    self.next += size;
                    self.next - size..self.next
                }
            };
            assert!(!worker.run.is_empty() && worker.run.start % self.plan.chunk == 0, "{:?}", worker.run);
        }
        let done = worker.pace.items() + worker.unclocked;
        let block = self.plan.look(item_ns, done);
        assert!(block >= 1 && block <= done.max(1), "a guess is not met by more than a doubling");
        self.work(worker, block.min(worker.run.len()));
        if worker.run.is_empty() || (worker.run.len() > self.plan.chunk && input.is()) {
            worker.pace.record(std::mem::take(&mut worker.unclocked), input.ns());
            let Some(item_ns) = worker.pace.item_ns() else { return };
            let keep = self.plan.rest_of_chunk(worker.run.start, Some(item_ns));
            let rest = worker.run.len().saturating_sub(keep);
            if self.plan.is_worth_returning(rest, item_ns) {
                let end = worker.run.start + keep;
                self.returned.push(end..worker.run.end);
                worker.run.end = end;
            }
        }
    }

    /// How large a run of `remaining` items is: whole chunks, or all.
    fn size(&self, remaining: usize, item_ns: Option<f32>) -> usize {
        let size = self.plan.run(remaining, item_ns);
        assert!(size >= 1 && (size % self.plan.chunk == 0 || size >= remaining), "{size} of {remaining}");
        size
    }

    fn work(&mut self, worker: &mut Worker, block: usize) {
        for item in worker.run.start..worker.run.start + block {
            assert!(!std::mem::replace(&mut self.done[item], true), "item {item} was handed out twice");
        }
        worker.run.start += block;
        worker.unclocked += block;
        self.left -= block;
    }
}

/// Single answers, of calls of any size.
fn answers(input: &mut Input) {
    let items = input.count();
    let plan = input.plan(items);
    let mut pace = Pace::guess(plan.item_ns);
    let mut help_ns = HELP_NS;
    for _ in 0..16 {
        let rest = input.count();
        let _asks = plan.asks_first(items, || help_ns) || plan.is_worth_asking(rest, &pace, || help_ns);
        if plan.is_alone() {
            assert!(!plan.is_worth_asking(rest, &pace, || help_ns));
        }
        let price = input.price();
        let another = plan.is_worth_another(rest, pace.item_ns(), input.below(64), price);
        assert!(!another || rest > plan.chunk, "a chunk is left for whoever asks");
        let size = plan.run(rest, pace.item_ns());
        assert!(size >= 1 && (size % plan.chunk == 0 || size >= rest), "{size} of {rest}: {plan:?}");
        assert!(plan.window(pace.item_ns()) >= 1, "nobody would claim anything");
        assert!(plan.look(pace.item_ns(), pace.items()) >= 1 && pace.probe() >= 1);
        let keep = plan.rest_of_chunk(rest, pace.item_ns());
        assert!(keep < plan.chunk.max(plan.grain));
        assert!(rest.checked_add(keep).is_none_or(|end| end % plan.chunk == 0 || plan.grain == usize::MAX));
        let few = pace.few_more(rest);
        assert!(few.is_none() || few == pace.item_ns());
        help_ns = if input.is() { help_measured(help_ns, input.ns()) } else { help_not_asked(help_ns) };
        assert!(help_ns.is_finite() && help_ns >= 15_000.0, "{help_ns}");
        pace.record(input.below(1 << 40), input.ns());
        assert!(pace.item_ns().is_none_or(|ns| ns > 0.0 && ns.is_finite()), "{pace:?}");
    }
}

/// A shuffled call: what is claimed for the deck is drawn from it, once.
fn deck(input: &mut Input) {
    let items = 1 + input.below(ITEMS);
    let plan = input.plan(items);
    let deck = Deck::new(input.count() as u64);
    let (mut next, mut done) = (0, vec![false; items]);
    while let Some(run) = deck.draw(work::Role::Caller, || {
        let size = plan.whole_chunks((items - next) / RUNS, None).min(items - next);
        next += size;
        (size > 0).then(|| next - size..next)
    }) {
        assert!(!run.is_empty() && run.start % plan.chunk == 0 && deck.runs() < RUNS);
        for item in run {
            assert!(!std::mem::replace(&mut done[item], true), "item {item} was drawn twice");
        }
    }
    assert!(deck.runs() == 0 && done.into_iter().all(|done| done));
}

/// A pipeline's caller: alone, on trial and sharing, until all items were pulled.
fn pipeline(input: &mut Input) {
    let threads = 1 + input.below(usize::MAX);
    let (in_flight, chunk) = (input.is().then(|| 1 + input.below(usize::MAX)), input.count());
    let bounds = Bounds::new(threads, in_flight, chunk);
    assert!(bounds.workers >= 1 && bounds.in_flight >= bounds.workers && bounds.chunk >= 1);
    let is_shuffled = input.byte() % 4 == 3;
    let memory = input.memory();
    let mut pilot = Pilot::new(&bounds, is_shuffled, memory.item_ns, input.price());
    let stages: Vec<_> = (0..1 + input.below(5)).map(|_| (Cost::default(), 1 + input.below(usize::MAX))).collect();
    let items = input.below(1 << 20);
    let (mut pulled, mut now, mut turns) = (0, 0.0_f32, 0_usize);
    while pulled < items {
        turns += 1;
        assert!(turns <= items, "at least one item is pulled in each turn");
        let remaining = items - pulled;
        let known = input.is().then_some(remaining);
        let mut costs = Costs::default();
        stages.iter().for_each(|(cost, width)| costs.add(cost, *width));
        assert!(costs.total_ns >= 0.0 && costs.narrowest_ns <= costs.total_ns, "{costs:?}");
        assert!(u8::from(pilot.is_alone()) + u8::from(pilot.is_trial()) + u8::from(pilot.is_sharing()) == 1);
        assert!(!is_shuffled || pilot.is_sharing(), "the plain loop has no other order");
        assert!(bounds.workers > 1 || is_shuffled || pilot.is_alone(), "nobody could help");
        let ns = input.ns();
        now += ns;
        if pilot.is_alone() {
            let block = pilot.block(input.is(), known);
            assert!(block >= 1);
            let block = block.min(remaining);
            pulled += block;
            pilot.was_alone(block, ns, || remaining - block, || input.price());
            continue;
        }
        let batch = bounds.batch(costs.total_ns, pilot.is_trial(), known);
        assert!(batch >= 1 && batch % bounds.chunk == 0 && batch <= BATCH.max(bounds.chunk), "{batch}: {bounds:?}");
        assert!(Bounds::look(costs.total_ns) >= 1 && bounds.patience(costs) >= 1);
        let batch = batch.min(remaining);
        pulled += batch;
        for (cost, _) in &stages {
            if input.byte() % 4 < 3 {
                cost.record(batch, input.ns());
            }
        }
        let is_worth = input.is();
        let comes = pilot.worked(&bounds, costs, (now, pulled), || is_worth);
        assert!(!comes || pilot.is_sharing(), "helpers come to share");
        let _another = bounds.is_worth_another(costs, 1 + input.below(64), remaining, input.price());
        let _open = bounds.is_open(input.below(bounds.in_flight) + 1);
    }
}
