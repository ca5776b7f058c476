//! Calls and pipelines that a thread cancels which has no part in them.

use super::*;

/// A source without an end, and what is seen of its items.
#[derive(Default)]
struct Endless {
    token: CancelToken,
    pulled: AtomicUsize,
    living: AtomicUsize,
    inside: AtomicUsize,
    helped: AtomicUsize,
}

/// An item of it.
struct Pulled<'s> {
    number: usize,
    source: &'s Endless,
}

impl Drop for Pulled<'_> {
    fn drop(&mut self) {
        self.source.living.fetch_sub(1, Relaxed);
    }
}

impl Endless {
    fn items(&self) -> impl Iterator<Item = Pulled<'_>> + Send {
        std::iter::repeat_with(|| {
            self.living.fetch_add(1, Relaxed);
            Pulled { number: self.pulled.fetch_add(1, Relaxed), source: self }
        })
    }

    /// What the items do.
    fn item<'s>(&'s self, caller: thread::ThreadId) -> impl Fn(Pulled<'s>) -> Pulled<'s> + Sync {
        move |item| {
            self.inside.fetch_add(1, Relaxed);
            self.helped.fetch_add(usize::from(thread::current().id() != caller), Relaxed);
            thread::yield_now();
            self.inside.fetch_sub(1, Relaxed);
            item
        }
    }

    /// Runs what another thread cancels: nothing else ends it.
    fn run(&self, call: impl FnOnce() -> Result<(), Failed>) {
        let outcome = beside(60, cancel(&self.token), || outcome(|| with(any_order().cancel(&self.token), call)));
        assert_eq!(outcome, Err(Failed::Cancelled));
        assert_eq!(self.inside.load(Relaxed), 0, "items still run");
        assert_eq!(self.living.load(Relaxed), 0, "values dropped twice or not at all");
        HELPED.set(HELPED.get() + usize::from(self.helped.load(Relaxed) > 0));
    }
}

/// A random call over an endless iterator, as a vector or folded.
fn endless_call() {
    let source = Endless::default();
    let (item, mut next) = (source.item(thread::current().id()), 0);
    let in_order = |(), item: Pulled<'_>| {
        assert_eq!(item.number, next, "folded out of order");
        next += 1;
    };
    source.run(|| {
        if chance(2) {
            par_map!(item, each(source.items()), processes = 4, crate = crate);
        } else {
            par_map!(item, each(source.items()), fold = ((), in_order), processes = 4, crate = crate);
        }
        Ok(())
    });
}

/// The same as a pipeline.
fn endless_pipeline() {
    let source = Endless::default();
    let (item, mut next) = (source.item(thread::current().id()), 0);
    let mut in_order = |item| {
        let Pulled { number, .. } = &item;
        assert_eq!(*number, next, "a serial stage has missed an item");
        next += 1;
        item
    };
    source.run(|| {
        if chance(2) {
            pipeline!(
                source.items(),
                par(item),
                serial(in_order),
                for_each(drop),
                in_flight = 3,
                processes = 4,
                crate = crate
            );
            Ok(())
        } else {
            let tried = |item| Ok::<_, Failed>(in_order(item));
            pipeline!(
                source.items(),
                serial(tried, try),
                par(item, processes = 2),
                for_each(drop),
                processes = 3,
                crate = crate
            )
        }
    });
}

#[test]
fn calls_that_another_thread_cancels_do() {
    in_random_schedules(World::ANY, || {
        call_of(&Seen {
            cancels: Cancels::Another,
            ..Seen::new(thread_rng().gen_range(0..12), thread_rng().gen_range(0..2), &[])
        });
    });
}

#[test]
fn endless_calls_end_once_another_thread_cancels_them() {
    in_random_schedules(World::ANY, || if chance(2) { endless_call() } else { endless_pipeline() });
}
