//! A worker's pace: what its items cost so far, and what that says of those to come.
//!
//! Arithmetic, as `schedule.rs` is, and in the same units: nanoseconds and items.

use std::time::Duration;

/// A rest of this length is worth a helper whatever a helper costs: to ask takes the caller about 10 us, so that asking in
/// vain costs such a call 1%.
pub(crate) const SURELY_WORTH_NS: f32 = 1_000_000.0;
/// How long a caller alone works without reading the clock where the first item has borne the site's memory out: some
/// 100 readings.
const TRUSTED_NS: f32 = 3_000.0;
/// And for how many times as many items as it has done.
const TRUSTED: usize = 7;
/// So many items the first answers for whatever they are thought to cost: few, as they are not even looked at afterwards.
const FEW_MORE: usize = 3;
/// What a first item may take beyond what the site remembers of an item: reading the clock, and a cache miss or two.
const FIRST_ITEM_NS: f32 = 150.0;
/// Costs that differ by this factor have jumped, and not drifted.
const JUMP: f32 = 4.0;
/// Items that take so many times what they took before make the site's memory doubtful.
const HELD_UP: f32 = 2.0;
/// Items are uneven where some cost this many times the mean.
const UNEVEN: f32 = 4.0;

/// A time in nanoseconds. (Not by way of `as_nanos`: converting a `u128` takes as long as reading the clock.)
#[inline]
pub(crate) fn nanoseconds(time: Duration) -> f32 {
    time.as_secs() as f32 * 1e9 + time.subsec_nanos() as f32
}

/// How many items of `item_ns` fit in `ns`, at least one.
pub(crate) fn items_in(ns: f32, item_ns: f32) -> usize {
    // A float converts to an integer by saturating, so a cost of 0 gives the largest count.
    ((ns / item_ns) as usize).max(1)
}

/// What is thought of a cost that was `before` and is `lately`: costs drift slowly or jump, so a drift is followed by halves,
/// and a jump is believed.
pub(crate) fn followed(before: Option<f32>, lately: f32) -> f32 {
    match before {
        Some(before) if lately < JUMP * before && before < JUMP * lately => (before + lately) / 2.0,
        _ => lately,
    }
}

/// Whether the `items` that were first and took `ns` bear out a guess of nanoseconds an item.
#[inline]
pub(crate) fn bears_out(ns: f32, items: usize, guess: f32) -> bool {
    ns < JUMP * guess * items as f32 + FIRST_ITEM_NS
}

/// Whether a cost that is `now` has not changed from what it was `before`, but for noise.
#[inline]
pub(crate) fn is_as_before(now: f32, before: f32) -> bool {
    now < 1.2 * before && before < 1.2 * now
}

/// What a worker has seen of the cost of its items.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// Nanoseconds an item, lately; `None` before the first measurement.
    item_ns: Option<f32>,
    items: usize,
    ns: f32,
    /// Nanoseconds an item in the measurement in which that was most.
    dearest_ns: f32,
    /// Whether the first item took about as long as was guessed, and the others did not take far longer.
    trusted: bool,
}

impl Pace {
    /// A pace that starts from a guess.
    #[inline]
    pub(crate) fn guess(item_ns: Option<f32>) -> Self {
        Pace { item_ns, ..Pace::default() }
    }

    /// Whether items take about as long as the site remembers, as far as they were looked at.
    #[inline]
    pub(crate) fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// Nanoseconds an item, lately.
    #[inline]
    pub(crate) fn item_ns(&self) -> Option<f32> {
        self.item_ns
    }

    /// How many items were measured.
    #[inline]
    pub(crate) fn items(&self) -> usize {
        self.items
    }

    /// How long they took together.
    pub(crate) fn ns(&self) -> f32 {
        self.ns
    }

    /// Nanoseconds an item where they were dearest.
    pub(crate) fn dearest_ns(&self) -> f32 {
        self.dearest_ns
    }

    /// Whether some items were far dearer than most.
    pub(crate) fn is_uneven(&self) -> bool {
        self.dearest_ns > UNEVEN * self.ns / self.items.max(1) as f32
    }

    /// Adds what others saw.
    pub(crate) fn add(&mut self, items: usize, ns: f32, dearest_ns: f32) {
        (self.items, self.ns) = (self.items + items, self.ns + ns);
        self.dearest_ns = self.dearest_ns.max(dearest_ns);
    }

    /// Notes that `items` items took `ns`.
    pub(crate) fn record(&mut self, items: usize, ns: f32) {
        if items == 0 {
            return;
        }
        // A clock that stands still for an item is no proof that items are free.
        let lately = ns.max(0.1) / items as f32;
        let first = self.items == 0;
        // Reading the clock is no part of a dear item.
        self.add(items, ns, (ns - FIRST_ITEM_NS).max(0.1) / items as f32);
        self.item_ns = Some(match self.item_ns {
            Some(guess) if first => {
                self.trusted = bears_out(ns, items, guess);
                if self.trusted { guess } else { lately }
            }
            before => {
                // Most likely something held the thread up. If not, that will show as the call goes on.
                self.trusted &= before.is_none_or(|before| lately < HELD_UP * before);
                followed(before, lately)
            }
        });
    }

    /// The guess that a pace starts from, if the first item may answer for the `rest` of a call by bearing it out.
    #[inline]
    pub(crate) fn few_more(&self, rest: usize) -> Option<f32> {
        self.item_ns.filter(|item_ns| rest <= FEW_MORE || rest as f32 * item_ns <= TRUSTED_NS)
    }

    /// How many items the caller does next while it is alone, before it reads the clock: one, and then as many as it has
    /// done, so that the clock is read once per doubling; where memory was borne out, more. A reading costs more than the
    /// clock: the processor does not overlap what comes before it with what comes after.
    pub(crate) fn probe(&self) -> usize {
        match self.item_ns {
            Some(item_ns) if self.trusted => self.items.saturating_mul(TRUSTED).max(items_in(TRUSTED_NS, item_ns)),
            _ => self.items.max(1),
        }
    }
}

/// What a site remembers after a call that was `seen` so.
///
/// The last call is believed at once if it differs much, so that a wrong prediction is made only once, and little by
/// little otherwise, so that noise does not move it. A short call of which one part was far dearer than the others is no
/// more than noise: most likely the system had stopped the thread, and the next call would wake helpers for nothing.
pub(crate) fn remembered(before: Option<f32>, seen: &Pace) -> Option<f32> {
    if seen.items == 0 {
        return before;
    }
    let now = seen.ns.max(0.1) / seen.items as f32;
    match before {
        Some(before) if is_as_before(now, before) => Some(before),
        Some(before) if now > before && seen.is_uneven() && seen.ns < SURELY_WORTH_NS => Some(1.2 * before),
        Some(before) if now < 4.0 * before && before < 4.0 * now => Some((3.0 * before + now) / 4.0),
        _ => Some(now),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Item costs from a fraction of a nanosecond to a second.
    pub(crate) fn costs() -> impl Strategy<Value = f32> {
        (-1.0..9.0_f32).prop_map(|exponent| 10_f32.powf(exponent))
    }

    proptest! {
        #[test]
        fn a_caller_alone_reads_the_clock_once_a_doubling(
            items in 1..10_000_000_usize, cost in costs(), known in prop::option::of(costs()),
        ) {
            let mut pace = Pace::guess(known);
            let (mut done, mut readings) = (0, 0);
            while done < items {
                let block = pace.probe().min(items - done);
                prop_assert!(block >= 1);
                prop_assert!(done > 0 || block == 1, "the first item is always looked at alone");
                prop_assert!(pace.trusted || block <= done.max(1), "an unknown cost is not met by more than a doubling");
                pace.record(block, block as f32 * cost);
                done += block;
                readings += 1;
            }
            prop_assert!(readings <= 2 + items.ilog2() as usize);
        }

        #[test]
        fn memory_borne_out_saves_readings(items in 2..500_usize, cost in 0.1..2.0_f32) {
            let mut pace = Pace::guess(Some(cost));
            pace.record(1, cost + 30.0);
            prop_assert!(pace.probe() >= items, "some microseconds' worth of items is done without a reading");
        }

        #[test]
        fn what_is_remembered_lies_between_before_and_now(before in costs(), now in costs(), items in 1..1_000_usize) {
            let seen = |items: usize, now| {
                let mut pace = Pace::default();
                pace.record(items, now * items as f32);
                pace
            };
            let kept = remembered(Some(before), &seen(items, now)).unwrap();
            let (low, high) = (before.min(now), before.max(now));
            prop_assert!(kept >= 0.99 * low && kept <= 1.01 * high);
            if high > 4.1 * low {
                // A wrong prediction is made once.
                prop_assert!((kept - now.max(0.1 / items as f32)).abs() <= 0.01 * now);
            }
            prop_assert_eq!(remembered(Some(before), &seen(0, now)), Some(before));
            // One dear part of a short call is hardly believed, of a long call it is.
            let mut held_up = seen(items, now);
            let total = 20.0 * held_up.ns();
            held_up.record(1, total);
            if total > 2_000.0 && total * 1.05 < SURELY_WORTH_NS && before < now && items > 10 {
                prop_assert!(remembered(Some(before), &held_up).unwrap() <= 1.3 * before.max(now));
            } else if total > SURELY_WORTH_NS && before < now && items > 10 {
                prop_assert!(remembered(Some(before), &held_up).unwrap() > 1.3 * before);
            }
        }
    }

    #[test]
    fn one_item_answers_for_as_many_as_are_done_without_a_reading() {
        assert_eq!(Pace::guess(None).few_more(1), None);
        for (guess, few) in [(2.0, 1_500), (300.0, 10), (1e3, 3), (1e6, 3)] {
            let pace = Pace::guess(Some(guess));
            assert_eq!((pace.few_more(few), pace.few_more(few + 1)), (Some(guess), None));
        }
    }

    #[test]
    fn a_pace_knows_uneven_items() {
        let mut pace = Pace::default();
        (0..10).for_each(|_| pace.record(10, 20.0));
        assert!(!pace.is_uneven());
        pace.record(1, 1e6);
        assert!(pace.is_uneven());
    }
}
