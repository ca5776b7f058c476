//! `shuffle`: chunks handed out in a random order.
//!
//! A call's runs are claimed some hundreds at a time, and drawn from in an order that the seed decides. It must never make
//! or lose a run: what is not drawn is dropped with the deck.

use crate::{
    sync::whole::{AtomicUsize, Mutex, Ordering},
    work::Role,
};

/// How many runs are shuffled at a time.
pub(crate) const RUNS: usize = 256;

/// Runs to draw from.
///
/// # Memory ordering
///
/// `left` is `Relaxed`: a guess, for those who cannot wait for the lock.
pub(crate) struct Deck<R> {
    state: Mutex<State<R>>,
    /// How many runs there are to draw.
    left: AtomicUsize,
}

struct State<R> {
    runs: Vec<R>,
    random: Random,
}

impl<R> Deck<R> {
    pub(crate) fn new(seed: u64) -> Self {
        Deck { state: Mutex::new(State { runs: Vec::new(), random: Random(seed) }), left: AtomicUsize::new(0) }
    }

    /// Draws a run; when there is none, the deck is first filled with what `claim` gives.
    pub(crate) fn draw(&self, role: Role, claim: impl FnMut() -> Option<R>) -> Option<R> {
        let mut state = role.lock(&self.state)?;
        let State { runs, random } = &mut *state;
        if runs.is_empty() {
            runs.extend(std::iter::from_fn(claim).take(RUNS));
            for last in (1..runs.len()).rev() {
                runs.swap(last, random.below(last + 1));
            }
        }
        let run = runs.pop();
        self.left.store(runs.len(), Ordering::Relaxed);
        run
    }

    /// How many runs there are to draw before others are claimed.
    pub(crate) fn runs(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }
}

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`. The bias of the remainder, at most `end` in 2^64, does no harm here.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_drawn_once_in_an_order_that_the_seed_decides() {
        let order = |seed| {
            let (deck, mut numbers) = (Deck::new(seed), 0..1000);
            let drawn: Vec<i32> = std::iter::from_fn(|| deck.draw(Role::Caller, || numbers.next())).collect();
            let mut sorted = drawn.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..1000));
            drawn
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
        assert_ne!(order(1), (0..1000).collect::<Vec<_>>());
    }
}
