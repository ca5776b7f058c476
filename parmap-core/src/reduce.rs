//! `reduce`: results combined in a tree whose shape the items' positions decide, and nothing else.
//!
//! The results of 512 consecutive items are combined from left to right; these groups, and what comes of them, are
//! combined two by two: group 0 with group 1, 2 with 3, the first pair with the second, and so on, and what has no partner
//! in the end from right to left. So the bits are the same whoever did which items, in whatever order and chunks.
//!
//! A worker combines what it can of its run by itself. What is left (a few partial results of each stretch of consecutive
//! items) is put with the stretches beside it as runs finish. No code of the user runs under the lock.

use std::{
    iter::{Product as IterProduct, Sum as IterSum},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::PoisonError,
};

use crate::{end::End, failure::Failure, sync::whole::Mutex, work::Run};

/// How many results are combined from left to right before the tree begins: enough that what a group costs beyond the
/// plain loop (some 13 ns) does not show, few enough that a run that begins in the middle keeps few of them apart.
const GROUP: usize = 512;

/// How two results become one.
pub trait Combine<V>: Sync {
    /// What comes of all.
    type Output;
    /// One of two; `left` stands before `right`.
    fn combine(&self, left: V, right: V) -> V;
    /// What comes of the total, of which there is none if there are no items.
    fn output(self, total: Option<V>) -> Self::Output;
}

/// Results combined into one.
#[derive(Debug)]
pub struct Reduce<C, V> {
    combine: C,
    /// What finished runs left, in order; none of them is empty, and no two are neighbours.
    stretches: Mutex<Vec<Stretch<V>>>,
}

impl<C, V> Reduce<C, V> {
    fn by(combine: C) -> Self {
        Reduce { combine, stretches: Mutex::new(Vec::new()) }
    }
}

/// The partial results of consecutive items, in order.
///
/// # Invariant
///
/// Parts follow one another without a gap, and no two that follow one another fit (see [`Part::takes`]).
#[derive(Debug)]
pub struct Stretch<V> {
    parts: Vec<Part<V>>,
}

/// The combined results of the items from `start` on: one item, the first ones of a group, or a pair of pairs of groups.
#[derive(Debug)]
struct Part<V> {
    start: usize,
    items: usize,
    value: V,
}

impl<V> Part<V> {
    fn end(&self) -> usize {
        self.start + self.items
    }

    /// Whether this is the first items of a group that lacks some.
    fn is_begun(&self) -> bool {
        self.start % GROUP == 0 && self.items < GROUP
    }

    /// Whether the tree combines this with `next`, which follows it.
    fn takes(&self, next: &Part<V>) -> bool {
        if self.items < GROUP {
            self.is_begun() && next.items == 1
        } else {
            self.items == next.items && self.start % (2 * self.items) == 0
        }
    }
}

impl<V> Default for Stretch<V> {
    fn default() -> Self {
        Stretch { parts: Vec::new() }
    }
}

impl<V> Stretch<V> {
    fn start(&self) -> usize {
        self.parts.first().map_or(0, |part| part.start)
    }

    fn end(&self) -> usize {
        self.parts.last().map_or(0, Part::end)
    }

    /// Takes the last part out if it is a group just begun.
    fn take_begun(&mut self) -> Option<Part<V>> {
        if self.parts.last()?.is_begun() { self.parts.pop() } else { None }
    }

    /// Adds parts at the end, combined as far as that goes. False if `combine` panicked, which is noted as a panic of the
    /// last item concerned; the stretch is then of no use.
    fn append<X>(
        &mut self,
        parts: impl IntoIterator<Item = Part<V>>,
        combine: impl Fn(V, V) -> V,
        failure: &Failure<X>,
    ) -> bool {
        let mut last_item = 0;
        let combined = catch_unwind(AssertUnwindSafe(|| {
            for mut part in parts {
                last_item = part.end() - 1;
                while self.parts.last().is_some_and(|last| last.takes(&part)) {
                    let Some(Part { start, items, value }) = self.parts.pop() else { break };
                    part = Part { start, items: items + part.items, value: combine(value, part.value) };
                }
                self.parts.push(part);
            }
        }));
        combined.map_err(|payload| failure.record_panic(last_item, payload)).is_ok()
    }
}

impl<V: Send, C: Combine<V>> End<V> for Reduce<C, V> {
    type Output = C::Output;
    type Cell = ();
    type Part = Stretch<V>;
    const GRAIN: usize = GROUP;

    #[inline]
    fn map<T, X, R: Run<Item = T, Cell = ()>>(
        &self,
        stretch: &mut Stretch<V>,
        run: &mut R,
        count: usize,
        failure: &Failure<X>,
        mut each: impl FnMut(usize, T) -> ControlFlow<X, V>,
    ) -> ControlFlow<X> {
        let mut left = count;
        // An iterator may end before it has given `count` items.
        while left > 0 && run.len() > 0 {
            let start = run.index();
            let here = left.min(GROUP - start % GROUP);
            left -= here;
            let begun = stretch.take_begun();
            if start % GROUP > 0 && begun.is_none() {
                // Nobody here knows what the group began with.
                run.map(here, |index, item| {
                    stretch.parts.push(Part { start: index, items: 1, value: each(index, item)? });
                    ControlFlow::Continue(())
                })?;
                continue;
            }
            let (group, mut total) = (start - start % GROUP, begun.map(|begun| begun.value));
            run.map(here, |index, item| {
                let value = each(index, item)?;
                total = Some(match total.take() {
                    Some(total) => self.combine.combine(total, value),
                    None => value,
                });
                ControlFlow::Continue(())
            })?;
            if let Some(value) = total {
                let part = Part { start: group, items: run.index() - group, value };
                if !stretch.append([part], |left, right| self.combine.combine(left, right), failure) {
                    return ControlFlow::Continue(());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn finish_run<X>(&self, mut stretch: Stretch<V>, failure: &Failure<X>) {
        let combine = |left, right| self.combine.combine(left, right);
        while !stretch.parts.is_empty() {
            let (before, after) = {
                let mut stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
                let place = stretches.partition_point(|other| other.start() < stretch.start());
                let after = (stretches.get(place).is_some_and(|after| after.start() == stretch.end()))
                    .then(|| stretches.remove(place));
                let touches = place.checked_sub(1).filter(|&before| stretches[before].end() == stretch.start());
                let before = touches.map(|before| stretches.remove(before));
                if before.is_none() && after.is_none() {
                    stretches.insert(place, stretch);
                    return;
                }
                (before, after)
            };
            if let Some(mut before) = before {
                if !before.append(stretch.parts, combine, failure) {
                    return;
                }
                stretch = before;
            }
            if let Some(after) = after {
                if !stretch.append(after.parts, combine, failure) {
                    return;
                }
            }
        }
    }

    fn output(self, _cells: Vec<()>) -> C::Output {
        let stretches = self.stretches.into_inner().unwrap_or_else(PoisonError::into_inner);
        let parts = stretches.into_iter().flat_map(|stretch| stretch.parts).rev();
        let total = parts.map(|part| part.value).reduce(|right, left| self.combine.combine(left, right));
        self.combine.output(total)
    }
}

/// `reduce = sum`, as [`Iterator::sum`] adds.
#[derive(Clone, Copy, Debug)]
pub struct Sum;

/// `reduce = sum`.
#[must_use]
pub fn sum<V>() -> Reduce<Sum, V> {
    Reduce::by(Sum)
}

impl<V: IterSum> Combine<V> for Sum {
    type Output = V;

    #[inline]
    fn combine(&self, left: V, right: V) -> V {
        [left, right].into_iter().sum()
    }

    fn output(self, total: Option<V>) -> V {
        total.unwrap_or_else(|| std::iter::empty().sum())
    }
}

/// `reduce = product`, as [`Iterator::product`] multiplies.
#[derive(Clone, Copy, Debug)]
pub struct Product;

/// `reduce = product`.
#[must_use]
pub fn product<V>() -> Reduce<Product, V> {
    Reduce::by(Product)
}

impl<V: IterProduct> Combine<V> for Product {
    type Output = V;

    #[inline]
    fn combine(&self, left: V, right: V) -> V {
        [left, right].into_iter().product()
    }

    fn output(self, total: Option<V>) -> V {
        total.unwrap_or_else(|| std::iter::empty().product())
    }
}

/// `reduce = min`: of equal ones the first, as of [`Iterator::min`].
#[derive(Clone, Copy, Debug)]
pub struct Min;

/// `reduce = min`.
#[must_use]
pub fn min<V>() -> Reduce<Min, V> {
    Reduce::by(Min)
}

impl<V: Ord> Combine<V> for Min {
    type Output = Option<V>;

    #[inline]
    fn combine(&self, left: V, right: V) -> V {
        left.min(right)
    }

    fn output(self, total: Option<V>) -> Option<V> {
        total
    }
}

/// `reduce = max`: of equal ones the last, as of [`Iterator::max`].
#[derive(Clone, Copy, Debug)]
pub struct Max;

/// `reduce = max`.
#[must_use]
pub fn max<V>() -> Reduce<Max, V> {
    Reduce::by(Max)
}

impl<V: Ord> Combine<V> for Max {
    type Output = Option<V>;

    #[inline]
    fn combine(&self, left: V, right: V) -> V {
        left.max(right)
    }

    fn output(self, total: Option<V>) -> Option<V> {
        total
    }
}

/// `reduce = (identity, combine)`.
#[derive(Debug)]
pub struct With<V, C> {
    /// Taken once, in front of everything. (Under a lock, for it need not be `Sync`.)
    identity: Mutex<V>,
    combine: C,
}

/// `reduce = (identity, combine)`.
#[must_use]
pub fn reduce<V: Send, C: Fn(V, V) -> V + Sync>(
    _values: crate::infer::Values<V>,
    identity: V,
    combine: C,
) -> Reduce<With<V, C>, V> {
    Reduce::by(With { identity: Mutex::new(identity), combine })
}

impl<V: Send, C: Fn(V, V) -> V + Sync> Combine<V> for With<V, C> {
    type Output = V;

    #[inline]
    fn combine(&self, left: V, right: V) -> V {
        (self.combine)(left, right)
    }

    fn output(self, total: Option<V>) -> V {
        let identity = self.identity.into_inner().unwrap_or_else(PoisonError::into_inner);
        match total {
            Some(total) => (self.combine)(identity, total),
            None => identity,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The tree over `items`, told by the lengths of stretches and the order in which they come.
    fn tree(lengths: &[usize], order: &[usize]) -> String {
        let combine = |left: String, right: String| format!("({left}{right})");
        let reduce = reduce(crate::infer::values(), String::new(), combine);
        let failure = Failure::<()>::none();
        let starts: Vec<usize> =
            lengths.iter().scan(0, |end, length| Some(std::mem::replace(end, *end + length))).collect();
        for &which in order {
            let mut stretch = Stretch::default();
            for item in starts[which]..starts[which] + lengths[which] {
                let part = Part { start: item, items: 1, value: format!("{item} ") };
                stretch.append([part], combine, &failure);
            }
            reduce.finish_run(stretch, &failure);
        }
        assert!(!failure.any());
        reduce.output(Vec::new())
    }

    proptest! {
        #[test]
        fn the_tree_is_the_same_however_the_items_are_shared_out(
            lengths in prop::collection::vec(1..1500_usize, 1..12), seed in any::<u64>(),
        ) {
            let mut order: Vec<usize> = (0..lengths.len()).collect();
            let mut random = seed;
            for last in (1..order.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(last, (random >> 33) as usize % (last + 1));
            }
            let items = lengths.iter().sum();
            let shared = tree(&lengths, &order);
            prop_assert_eq!(&shared, &tree(&[items], &[0]));
            // And it is no deeper than a group and the logarithm of how many there are.
            let depth = shared.chars().scan(0_i32, |depth, c| {
                *depth += match c { '(' => 1, ')' => -1, _ => 0 };
                Some(*depth)
            });
            prop_assert!(depth.max().unwrap() <= GROUP as i32 + 2 + 2 * (items / GROUP + 1).ilog2() as i32);
        }
    }
}
