//! Calls that end early where their results come together, or where their items come from.

use std::sync::Mutex;

use super::*;

/// Where things may fail for an item, in the order in which the plain loop comes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// It is pulled from an iterator.
    Source,
    /// The function.
    Item,
    /// Its result is folded, or combined with those before it.
    End,
}

/// A call over items of which there may be no end, and what is seen of it.
struct Ending {
    /// How many items there are.
    items: usize,
    /// What fails, by the number of the item and the place.
    fails: Vec<(usize, Place)>,
    /// Whether the function fails by an error.
    tries: bool,
    seen: [Mutex<Vec<usize>>; 3],
    inside: AtomicUsize,
    living: AtomicUsize,
    helped: AtomicUsize,
    caller: thread::ThreadId,
}

/// The result of consecutive items: their numbers. It counts while it lives.
struct Results<'e>(Vec<usize>, &'e Ending);

impl Drop for Results<'_> {
    fn drop(&mut self) {
        self.1.living.fetch_sub(1, Relaxed);
    }
}

/// The items, which are results of their own, from an iterator that says little or much of how many they are.
struct Items<'e> {
    next: usize,
    says: usize,
    ending: &'e Ending,
}

impl<'e> Iterator for Items<'e> {
    type Item = Results<'e>;

    fn next(&mut self) -> Option<Results<'e>> {
        // Asked for more after a panic, it does the same again.
        let item = Some(self.next).filter(|&item| item < self.ending.items)?;
        self.ending.happen(item, Place::Source).unwrap_or_else(|_| unreachable!());
        self.next += 1;
        Some(self.ending.results(vec![item]))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.ending.items - self.next;
        [(left, Some(left)), (0, Some(left)), (0, None)][self.says]
    }
}

impl Ending {
    /// A call whose items are pulled or not, and combined or not.
    fn new(is_pulled: bool, is_combined: bool, tries: bool) -> Self {
        let items = thread_rng().gen_range(1..12);
        let mut fails = Vec::new();
        for _ in 0..thread_rng().gen_range(0..4) {
            let (item, place) = (thread_rng().gen_range(0..items), thread_rng().gen_range(0..3));
            match place {
                0 if is_pulled => fails.push((item, Place::Source)),
                1 => fails.push((item, Place::Item)),
                // Before the first there may be nothing to combine it with.
                2 if is_combined && item > 0 => fails.push((item, Place::End)),
                _ => {}
            }
        }
        // Where something fails there need be no end.
        let items = if is_pulled && !fails.is_empty() && chance(2) { usize::MAX } else { items };
        let seen = [const { Mutex::new(Vec::new()) }; 3];
        let [inside, living, helped] = [const { AtomicUsize::new(0) }; 3];
        Ending { items, fails, tries, seen, inside, living, helped, caller: thread::current().id() }
    }

    /// What happens to an item at a place.
    fn happen(&self, item: usize, place: Place) -> Result<(), Failed> {
        self.inside.fetch_add(1, Relaxed);
        self.seen[place as usize].lock().unwrap().push(item);
        self.helped.fetch_add(usize::from(thread::current().id() != self.caller), Relaxed);
        thread::yield_now();
        self.inside.fetch_sub(1, Relaxed);
        if !self.fails.contains(&(item, place)) {
            Ok(())
        } else if self.tries && place == Place::Item {
            Err(Failed::Error(item))
        } else {
            resume_unwind(Box::new(3 * item + place as usize))
        }
    }

    fn results(&self, items: Vec<usize>) -> Results<'_> {
        self.living.fetch_add(1, Relaxed);
        Results(items, self)
    }

    fn source(&self) -> Items<'_> {
        // Of how many there are without an end nothing better is to be said.
        let says = if self.items == usize::MAX { 2 } else { thread_rng().gen_range(0..3) };
        Items { next: 0, says, ending: self }
    }

    fn item<'e>(&'e self, item: Results<'e>) -> Result<Results<'e>, Failed> {
        self.happen(item.0[0], Place::Item)?;
        Ok(self.results(item.0.clone()))
    }

    /// The results of both, which follow one another.
    fn join<'e>(&'e self, left: Results<'e>, right: Results<'e>) -> Results<'e> {
        let first = right.0[0];
        assert!(left.0.last().is_none_or(|last| last + 1 == first), "{:?} before {:?}", left.0, right.0);
        self.happen(first, Place::End).unwrap_or_else(|_| unreachable!());
        self.results(left.0.iter().chain(&right.0).copied().collect())
    }

    /// What the plain loop comes to.
    fn lowest(&self) -> Option<(usize, Place)> {
        self.fails.iter().min().copied()
    }

    /// Makes the call, which gives the numbers of its items.
    fn run(&self, is_pulled: bool, is_combined: bool, call: impl FnOnce() -> Result<Vec<usize>, Failed>) {
        let outcome = outcome(|| with(any_order(), call));
        assert_eq!(self.inside.load(Relaxed), 0, "items still run");
        assert_eq!(self.living.load(Relaxed), 0, "values dropped twice or not at all");
        HELPED.set(HELPED.get() + usize::from(self.helped.load(Relaxed) > 0));
        let below = self.lowest().map_or(self.items, |(item, _)| item);
        for (seen, is_used) in self.seen.iter().zip([is_pulled, true, is_combined]) {
            let mut seen = seen.lock().unwrap().clone();
            let events = seen.len();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), events, "something was done twice");
            assert!(!is_used || (1..below).all(|item| seen.contains(&item)), "an item was left out: {seen:?}");
        }
        match (self.lowest(), outcome) {
            (None, Ok(numbers)) => assert!(numbers.into_iter().eq(0..self.items), "not the loop's results"),
            (Some((item, Place::Item)), Err(Failed::Error(failed))) if self.tries => assert_eq!(failed, item),
            (Some((item, place)), Err(Failed::Panic(number))) if !self.tries || place != Place::Item => {
                assert_eq!(number, 3 * item + place as usize, "not the lowest failure");
            }
            (lowest, outcome) => panic!("{outcome:?}, and not {lowest:?}"),
        }
    }
}

/// A random call over a vector or an iterator.
fn random() {
    let (is_pulled, tries, end) = (chance(2), chance(2), thread_rng().gen_range(0..3));
    let is_combined = end > 0;
    let ending = Ending::new(is_pulled, is_combined, tries);
    let tried = |item| ending.item(item);
    let value = |item| ending.item(item).unwrap_or_else(|_| unreachable!());
    let join = |left, right| ending.join(left, right);
    let (processes, chunksize) = (thread_rng().gen_range(2..5), thread_rng().gen_range(0..3));
    macro_rules! call {
        ($items:expr, $f:ident $($option:tt)*) => {
            par_map!($f, $items $($option)*, processes = processes, chunksize = chunksize, crate = crate)
        };
    }
    macro_rules! ends {
        ($items:expr) => {{
            let init = || ending.results(Vec::new());
            let numbers = |all: Vec<Results<'_>>| all.iter().flat_map(|results| results.0.clone()).collect();
            match (end, tries) {
                (0, false) => Ok(numbers(call!($items, value))),
                (0, true) => call!($items, tried, try).map(numbers),
                (1, false) => Ok(call!($items, value, fold = (init(), join)).0.clone()),
                (1, true) => call!($items, tried, try, fold = (init(), join)).map(|results| results.0.clone()),
                (_, false) => Ok(call!($items, value, reduce = (init(), join)).0.clone()),
                (_, true) => call!($items, tried, try, reduce = (init(), join)).map(|results| results.0.clone()),
            }
        }};
    }
    ending.run(is_pulled, is_combined, || {
        if is_pulled {
            ends!(each(ending.source()))
        } else {
            ends!((0..ending.items).map(|item| ending.results(vec![item])).collect::<Vec<_>>())
        }
    });
}

#[test]
fn folds_reductions_and_sources_fail_as_in_the_loop() {
    in_random_schedules(World::ANY, random);
}
