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

/// A fold whose first item takes until it is cancelled: who is the caller, if it has not that item, comes to wait for it.
fn fold_that_waits() {
    let (token, caller) = (CancelToken::new(), thread::current().id());
    let (folded, inside, helped) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let item = |item: usize| {
        inside.fetch_add(1, Relaxed);
        helped.fetch_add(usize::from(item == 0 && thread::current().id() != caller), Relaxed);
        thread::yield_now();
        while item == 0 && !token.is_cancelled() {
            thread::yield_now();
        }
        inside.fetch_sub(1, Relaxed);
        item
    };
    let in_order = |(), item| assert_eq!(item, folded.fetch_add(1, Relaxed), "folded out of order");
    let settings = Settings::new().cancel(&token);
    let outcome = beside(200, cancel(&token), || {
        outcome(|| {
            // In runs of two, so that who does the first leaves the second undone, and nothing more is folded.
            let fold =
                || par_map!(item, 0..100_usize, fold = ((), in_order), processes = 2, chunksize = 2, crate = crate);
            with(settings, fold);
            Ok(())
        })
    });
    assert_eq!(outcome, Err(Failed::Cancelled));
    assert_eq!(inside.load(Relaxed), 0, "items still run");
    HELPED.set(HELPED.get() + usize::from(helped.load(Relaxed) > 0));
}

#[test]
fn a_caller_that_waits_for_a_fold_hears_that_it_is_cancelled() {
    let slow = World { remembered_ns: Some(3e7), clock: Clock::Slow };
    in_random_schedules(slow, fold_that_waits);
}
