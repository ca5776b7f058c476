//! Pipelines whose stages make none, one or several items of one, and fail anywhere, the source included.
//!
//! What is seen of a pipeline is compared with the plain loop, which is written out here: what each stage did to which
//! item, in which order where that is promised, and what it came to.

use std::{collections::BTreeSet, sync::Mutex};

use super::*;

/// Where things happen to an item, in the order in which it comes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// It is pulled from the source.
    Source,
    /// A stage that makes one of one.
    One,
    /// The iterator of a stage that makes several of one.
    Several,
    /// A stage that takes some of them out.
    Some,
    End,
}

const PLACES: [Place; 5] = [Place::Source, Place::One, Place::Several, Place::Some, Place::End];

/// Something that happens: where, to what came of which item of the source, and to which part of it. Where an iterator is
/// asked for more than there is, the position behind the last.
type Event = (Place, usize, usize);

/// One pipeline: what its functions do, and what is seen of them.
struct Flow {
    /// How many parts each item of the source is made to.
    parts: Vec<usize>,
    /// What fails, by its number among these.
    fails: Vec<(Event, fn(usize) -> Failed)>,
    cancels: Cancels,
    token: CancelToken,
    around: Vec<CancelToken>,
    depth: usize,
    /// Whether a token was cancelled when the pipeline returned.
    was_cancelled: AtomicBool,
    /// Whether all that there is had come to its last stage when the token was cancelled.
    was_late: Arc<AtomicBool>,
    /// What happened, by its place.
    seen: [Arc<Mutex<Vec<Event>>>; PLACES.len()],
    inside: AtomicUsize,
    living: AtomicUsize,
    helped: AtomicUsize,
    caller: thread::ThreadId,
}

/// An item on its way. It counts while it lives.
struct Thing<'f> {
    input: usize,
    part: usize,
    flow: &'f Flow,
}

impl Drop for Thing<'_> {
    fn drop(&mut self) {
        self.flow.living.fetch_sub(1, Relaxed);
    }
}

/// The source: an iterator that says little or much of how many items it has.
struct Items<'f> {
    next: usize,
    says: usize,
    flow: &'f Flow,
}

impl<'f> Iterator for Items<'f> {
    type Item = Thing<'f>;

    fn next(&mut self) -> Option<Thing<'f>> {
        // Asked for more after its end, or its panic, it does the same again.
        self.flow.happen((Place::Source, self.next, 0));
        let input = Some(self.next).filter(|&input| input < self.flow.parts.len())?;
        self.next += 1;
        Some(self.flow.thing(input, 0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.flow.parts.len().saturating_sub(self.next);
        [(left, Some(left)), (0, Some(left)), (0, None)][self.says]
    }
}

impl Flow {
    /// A pipeline over so many items, whose functions may return errors if it `tries`.
    fn new(items: usize, tries: bool, depth: usize, around: &[CancelToken]) -> Self {
        let mut flow = Flow {
            parts: (0..items).map(|_| thread_rng().gen_range(0..4)).collect(),
            fails: Vec::new(),
            cancels: Cancels::Nobody,
            token: CancelToken::new(),
            around: around.to_vec(),
            depth,
            was_cancelled: AtomicBool::new(false),
            was_late: Arc::default(),
            seen: PLACES.map(|_| Arc::default()),
            inside: AtomicUsize::new(0),
            living: AtomicUsize::new(0),
            helped: AtomicUsize::new(0),
            caller: thread::current().id(),
        };
        let (mut events, _) = flow.plain(Place::End);
        for _ in 0..if chance(2) { 0 } else { thread_rng().gen_range(1..4) } {
            let event = events.swap_remove(thread_rng().gen_range(0..events.len()));
            // An iterator has no error to return.
            let may_err = tries && !matches!(event.0, Place::Source | Place::Several);
            flow.fails.push((event, if may_err && chance(2) { Failed::Error } else { Failed::Panic }));
            if events.is_empty() {
                break;
            }
        }
        flow
    }

    fn thing(&self, input: usize, part: usize) -> Thing<'_> {
        self.living.fetch_add(1, Relaxed);
        Thing { input, part, flow: self }
    }

    /// Whether a part is taken out.
    fn is_out(&self, input: usize, part: usize) -> bool {
        (input + part) % 3 == 2
    }

    /// What an event comes to.
    fn comes_to(&self, event: Event) -> Result<(), Failed> {
        let failed = self.fails.iter().position(|(fails, _)| *fails == event);
        failed.map_or(Ok(()), |number| Err(self.fails[number].1(number)))
    }

    /// The plain loop in which only what happens up to a place can fail: what happens, and what it comes to.
    fn plain(&self, last: Place) -> (Vec<Event>, Result<(), Failed>) {
        let mut events = Vec::new();
        let outcome = self.plain_loop(&mut |event: Event| {
            events.push(event);
            if event.0 <= last { self.comes_to(event) } else { Ok(()) }
        });
        (events, outcome)
    }

    fn plain_loop(&self, happen: &mut impl FnMut(Event) -> Result<(), Failed>) -> Result<(), Failed> {
        for (input, &parts) in self.parts.iter().enumerate() {
            happen((Place::Source, input, 0))?;
            happen((Place::One, input, 0))?;
            for part in 0..parts {
                happen((Place::Several, input, part))?;
                happen((Place::Some, input, part))?;
                if !self.is_out(input, part) {
                    happen((Place::End, input, part))?;
                }
            }
            happen((Place::Several, input, parts))?;
        }
        happen((Place::Source, self.parts.len(), 0))
    }

    /// Something happens that may return an error. Other threads come between.
    fn happens(&self, event: Event) -> Result<(), Failed> {
        self.inside.fetch_add(1, Relaxed);
        self.seen[event.0 as usize].lock().unwrap().push(event);
        self.helped.fetch_add(usize::from(thread::current().id() != self.caller), Relaxed);
        for _ in 0..thread_rng().gen_range(0..3) {
            thread::yield_now();
        }
        if event.0 == Place::One {
            if self.depth > 0 && chance(3) {
                inside(self.depth - 1, &self.tokens());
            }
            if self.cancels == Cancels::Item(event.1) {
                self.cancel()();
            }
        }
        self.inside.fetch_sub(1, Relaxed);
        if event.0 == Place::One && chance(2) && self.is_cancelled() {
            // As if by a call inside it that was cancelled with it.
            resume_unwind(Box::new(Cancelled));
        }
        match self.comes_to(event) {
            Err(Failed::Panic(number)) => resume_unwind(Box::new(number)),
            comes_to => comes_to,
        }
    }

    /// Something happens that can fail by a panic only.
    fn happen(&self, event: Event) {
        self.happens(event).unwrap_or_else(|_| unreachable!());
    }

    fn items(&self) -> Items<'_> {
        Items { next: 0, says: thread_rng().gen_range(0..3), flow: self }
    }

    fn one<'f>(&'f self, thing: Thing<'f>) -> Result<Thing<'f>, Failed> {
        self.happens((Place::One, thing.input, 0))?;
        Ok(thing)
    }

    /// As an iterator that makes a part when it is asked for it.
    fn several<'f>(&'f self, thing: Thing<'f>) -> impl Iterator<Item = Thing<'f>> + use<'f> {
        let (input, mut parts) = (thing.input, 0..=self.parts[thing.input]);
        std::iter::from_fn(move || {
            let _until_the_iterator_is_dropped = &thing;
            let part = parts.next()?;
            self.happen((Place::Several, input, part));
            (part < self.parts[input]).then(|| self.thing(input, part))
        })
    }

    fn some<'f>(&'f self, thing: Thing<'f>) -> Result<Option<Thing<'f>>, Failed> {
        let is_in = self.is_in(&thing)?;
        Ok(is_in.then_some(thing))
    }

    fn is_in(&self, thing: &Thing<'_>) -> Result<bool, Failed> {
        self.happens((Place::Some, thing.input, thing.part))?;
        Ok(!self.is_out(thing.input, thing.part))
    }

    fn end(&self, thing: &Thing<'_>) -> Result<(), Failed> {
        self.happens((Place::End, thing.input, thing.part))
    }

    /// Cancels the pipeline.
    fn cancel(&self) -> impl FnOnce() + Send + 'static {
        let (seen, was_late, cancel) = (self.seen.clone(), self.was_late.clone(), cancel(&self.token));
        let ((events, comes_to), last) = (self.plain(Place::End), self.parts.len().wrapping_sub(1));
        move || {
            let has_happened = |event: &Event| seen[event.0 as usize].lock().unwrap().contains(event);
            // A last batch of which nothing comes to the end may be on its way there, and so may a failure.
            let at_end = seen[Place::End as usize].lock().unwrap().iter().any(|&(_, input, _)| input == last);
            was_late.store(comes_to.is_ok() && at_end && events.iter().all(has_happened), Relaxed);
            cancel();
        }
    }

    fn tokens(&self) -> Vec<CancelToken> {
        self.around.iter().chain([&self.token]).cloned().collect()
    }

    fn is_cancelled(&self) -> bool {
        self.tokens().iter().any(CancelToken::is_cancelled)
    }

    /// Runs the pipeline, whose stages at these places are serial: from it come, in order, what came to the end.
    fn run(
        &self,
        settings: Settings,
        serial: &[Place],
        pipeline: impl FnOnce() -> Result<Vec<(usize, usize)>, Failed>,
    ) {
        let settings = if self.cancels == Cancels::Nobody { settings } else { settings.cancel(&self.token) };
        let run = || {
            let outcome = outcome(|| with(settings, pipeline));
            self.was_cancelled.store(self.is_cancelled(), Relaxed);
            outcome
        };
        let outcome = if self.cancels == Cancels::Another { beside(40, self.cancel(), run) } else { run() };
        HELPED.set(HELPED.get() + usize::from(self.helped.load(Relaxed) > 0));
        self.check(serial, outcome);
    }

    fn check(&self, serial: &[Place], outcome: Result<Vec<(usize, usize)>, Failed>) {
        assert_eq!(self.inside.load(Relaxed), 0, "functions still run");
        assert_eq!(self.living.load(Relaxed), 0, "values dropped twice or not at all");
        let seen = |place: Place| self.seen[place as usize].lock().unwrap().clone();
        let happened: BTreeSet<Event> = PLACES.into_iter().flat_map(seen).collect();
        assert_eq!(happened.len(), PLACES.map(|place| seen(place).len()).iter().sum(), "something was done twice");
        for &place in serial {
            let (events, _) = self.plain(place);
            let (seen, events) = (seen(place), events.into_iter().filter(|event| event.0 == place).collect::<Vec<_>>());
            assert!(events.starts_with(&seen), "a serial stage has seen {seen:?}, and not {events:?}");
        }
        let (mut events, mut comes_to) = self.plain(Place::End);
        let is_cancelled = self.was_cancelled.load(Relaxed);
        let at_the_end = (Place::Source, self.parts.len(), 0);
        if is_cancelled && outcome.is_ok() && events.last() == Some(&at_the_end) {
            // A source that says that it has nothing left need not be asked.
            (_, comes_to) = (events.pop(), Ok(()));
        }
        if outcome.is_ok() || !is_cancelled {
            let missing: Vec<&Event> = events.iter().filter(|event| !happened.contains(event)).collect();
            assert!(missing.is_empty(), "left out: {missing:?}");
        }
        match outcome {
            Ok(ends) => {
                assert_eq!(comes_to, Ok(()), "a failure was swallowed");
                let events = events.into_iter().filter(|event| event.0 == Place::End);
                assert!(ends.into_iter().eq(events.map(|(_, input, part)| (input, part))), "not the loop's results");
            }
            Err(Failed::Cancelled) => {
                assert!(is_cancelled, "nobody cancelled this");
                let is_cancelled_around = self.around.iter().any(CancelToken::is_cancelled);
                assert!(is_cancelled_around || !self.was_late.load(Relaxed), "there was nothing left to cancel");
            }
            // What was done before it was cancelled may hold any failure.
            Err(failed) if is_cancelled => {
                let (Failed::Error(number) | Failed::Panic(number)) = failed else { unreachable!() };
                let (event, _) = self.fails[number];
                assert!(happened.contains(&event), "{failed:?} has not happened");
            }
            Err(failed) => assert_eq!(Err(failed), comes_to, "not the lowest failure"),
        }
    }
}

/// What is left of things.
fn positions(things: &[Thing<'_>]) -> Vec<(usize, usize)> {
    things.iter().map(|thing| (thing.input, thing.part)).collect()
}

/// A pipeline one or two of whose batches may be under way, and which may end by an error anywhere.
fn tried(flow: &Flow, settings: Settings) {
    let end = |mut things: Vec<_>, thing| {
        flow.end(&thing)?;
        things.push(thing);
        Ok(things)
    };
    if chance(2) {
        flow.run(settings, &[Place::Source, Place::Some, Place::End], || {
            let things = pipeline!(
                flow.items(),
                par(|thing| flow.one(thing), try),
                par_flat_map(|thing| flow.several(thing)),
                serial_filter_map(|thing| flow.some(thing), try),
                fold(Vec::new(), end, try),
                in_flight = 2,
                processes = 4,
                crate = crate
            )?;
            Ok(positions(&things))
        });
    } else {
        flow.run(settings, &[Place::Source, Place::One, Place::End], || {
            let mut things = Some(Vec::new());
            pipeline!(
                flow.items(),
                serial(|thing| flow.one(thing), try),
                par_flat_map(|thing| Ok::<_, Failed>(flow.several(thing)), try, processes = 2),
                par_filter(|thing: &Thing<'_>| flow.is_in(thing), try),
                for_each(|thing| end(things.take().unwrap(), thing).map(|ended| things = Some(ended)), try),
                processes = 3,
                crate = crate
            )?;
            Ok(positions(&things.unwrap()))
        });
    }
}

/// A pipeline that may end early by a panic only.
fn untried(flow: &Flow, settings: Settings) {
    let one = |thing| flow.one(thing).unwrap_or_else(|_| unreachable!());
    let some = |thing| flow.some(thing).unwrap_or_else(|_| unreachable!());
    let is_in = |thing: &Thing<'_>| flow.is_in(thing).unwrap_or_else(|_| unreachable!());
    let end = |mut things: Vec<_>, thing| {
        flow.end(&thing).unwrap_or_else(|_| unreachable!());
        things.push(thing);
        things
    };
    match thread_rng().gen_range(0..3) {
        0 => flow.run(settings, &[Place::Source, Place::Several, Place::End], || {
            let things = pipeline!(
                flow.items(),
                par(one, processes = 2),
                serial_flat_map(|thing| flow.several(thing)),
                par_filter_map(some),
                fold(Vec::new(), end),
                in_flight = 1,
                crate = crate
            );
            Ok(positions(&things))
        }),
        1 => flow.run(settings, &[Place::Source, Place::One, Place::End], || {
            let mut things = Vec::new();
            pipeline!(
                flow.items(),
                serial(one),
                par_flat_map(|thing| flow.several(thing)),
                par_filter(is_in),
                for_each(|thing| things = end(std::mem::take(&mut things), thing)),
                in_flight = 2,
                chunksize = 2,
                processes = 4,
                crate = crate
            );
            Ok(positions(&things))
        }),
        _ => flow.run(settings, &[Place::Source, Place::Several, Place::Some, Place::End], || {
            let things = pipeline!(
                flow.items(),
                par(one),
                serial_flat_map(|thing| flow.several(thing)),
                serial_filter(is_in),
                fold(Vec::new(), end),
                processes = 3,
                crate = crate
            );
            Ok(positions(&things))
        }),
    }
}

/// A random pipeline over so many items, whose items may make calls so many deep.
pub(super) fn random(items: usize, depth: usize, around: &[CancelToken]) {
    let tries = chance(2);
    let flow = Flow::new(items, tries, depth, around);
    random_of(&flow, tries, any_order());
}

fn random_of(flow: &Flow, tries: bool, settings: Settings) {
    if tries { tried(flow, settings) } else { untried(flow, settings) }
}

#[test]
fn pipelines_of_one_to_many_do() {
    in_random_schedules(World::ANY, || random(thread_rng().gen_range(0..8), 0, &[]));
}

#[test]
fn shuffled_pipelines_do() {
    in_random_schedules(DEAR, || {
        let tries = chance(2);
        let flow = Flow::new(thread_rng().gen_range(0..8), tries, 0, &[]);
        random_of(&flow, tries, Settings::new().shuffle(thread_rng().gen_range(0..1_000)));
    });
}

#[test]
fn pipelines_whose_items_make_calls_do() {
    in_random_schedules(World::ANY, || random(thread_rng().gen_range(1..5), 2, &[]));
}

#[test]
fn pipelines_that_are_cancelled_do() {
    in_random_schedules(World::ANY, || {
        let (items, tries) = (thread_rng().gen_range(1..8), chance(2));
        let cancels = if chance(3) { Cancels::Item(thread_rng().gen_range(0..items)) } else { Cancels::Another };
        let flow = Flow { cancels, ..Flow::new(items, tries, thread_rng().gen_range(0..2), &[]) };
        random_of(&flow, tries, any_order());
    });
}

std::thread_local! {
    /// How many items were under way at once, at most, by how many batches may be.
    static MOST: Cell<[usize; 4]> = const { Cell::new([0; 4]) };
}

/// An item that counts while it is under way.
struct UnderWay<'c>(usize, &'c AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Relaxed);
    }
}

/// A pipeline of batches of two items, as nothing takes less time than a batch should.
fn bounded<const IN_FLIGHT: usize>() {
    const CHUNK: usize = 2;
    let (under_way, helped, caller) = (AtomicUsize::new(0), AtomicUsize::new(0), thread::current().id());
    let items = (0..8).map(|item| {
        let count = 1 + under_way.fetch_add(1, Relaxed);
        assert!(count <= IN_FLIGHT * CHUNK, "{count} items are under way");
        let mut most = MOST.get();
        most[IN_FLIGHT] = most[IN_FLIGHT].max(count);
        MOST.set(most);
        UnderWay(item, &under_way)
    });
    let look = |item| {
        helped.fetch_add(usize::from(thread::current().id() != caller), Relaxed);
        thread::yield_now();
        item
    };
    let settings = if chance(2) { Settings::new().shuffle(thread_rng().gen_range(0..1_000)) } else { Settings::new() };
    let mut numbers = Vec::new();
    with(settings, || {
        pipeline!(
            items,
            par(look),
            serial(|item| item),
            par(look),
            for_each(|item: UnderWay<'_>| numbers.push(item.0)),
            in_flight = IN_FLIGHT,
            chunksize = CHUNK,
            processes = 4,
            crate = crate
        );
    });
    assert!(numbers.into_iter().eq(0..8));
    HELPED.set(HELPED.get() + usize::from(helped.load(Relaxed) > 0));
}

#[test]
fn no_more_batches_are_under_way_than_may_be() {
    let slow = World { clock: Clock::Slow, ..DEAR };
    in_random_schedules(slow, || [bounded::<1>, bounded::<2>, bounded::<3>][thread_rng().gen_range(0..3)]());
    assert_eq!(MOST.get(), [0, 2, 4, 6], "fewer batches than may be were ever under way");
}
