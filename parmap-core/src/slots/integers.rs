//! `a..b`: integers, handed out by a loop over the integers themselves.
//!
//! A loop over positions would come to each integer by a sum, which is a fifteenth of the time of items of 1 ns: no
//! compiler turns the one loop into the other. So this source counts its positions itself, and is among the unsafe code.

use std::ops::{ControlFlow, Range};

use super::Source;
use crate::sources::length;

/// `a..b`: integers, counted by `usize`.
///
/// # Invariant
///
/// `start`, and as many integers as `len` from there on, are values of `T`, and so is what comes behind them.
pub(crate) struct Integers<T> {
    start: T,
    len: usize,
}

macro_rules! integers {
    ($($t:ty as $unsigned:ty,)*) => {$(
        impl From<Range<$t>> for Integers<$t> {
            fn from(range: Range<$t>) -> Self {
                let len = if range.is_empty() { 0 } else { length(range.end.abs_diff(range.start), 0) };
                Integers { start: range.start, len }
            }
        }

        // SAFETY: both ends are `start` and a position, `0..=len`; by the invariant their sum is a value of the type, so
        // wrapping around, here and in the cast of the position, has no effect on it. So the loop is over as many
        // integers as the range has positions, and comes to the first of them first; how far an integer is from the first is
        // how far its position is from the start of the range. Integers are copied, so there is nothing to drop.
        unsafe impl Source for Integers<$t> {
            type Item = $t;

            fn len(&self) -> usize {
                self.len
            }

            #[inline]
            unsafe fn for_each<B>(
                &self,
                range: Range<usize>,
                mut each: impl FnMut(usize, $t) -> ControlFlow<B>,
            ) -> ControlFlow<B> {
                let first = self.start.wrapping_add(range.start as $t);
                let end = self.start.wrapping_add(range.end as $t);
                for integer in first..end {
                    let from_first = integer.wrapping_sub(first) as $unsigned;
                    each(range.start + from_first as usize, integer)?;
                }
                ControlFlow::Continue(())
            }

            unsafe fn discard(&self, _range: Range<usize>) {}
        }
    )*};
}
integers! {
    i8 as u8, i16 as u16, i32 as u32, i64 as u64, i128 as u128, isize as usize,
    u8 as u8, u16 as u16, u32 as u32, u64 as u64, u128 as u128, usize as usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All integers, with a position each, handed out at once, in two halves and one by one: all must be the same.
    fn all<T: PartialEq + std::fmt::Debug>(source: &impl Source<Item = T>) -> Vec<T> {
        let len = source.len();
        let collect = |range: Range<usize>| {
            let mut expected = range.clone();
            let mut items = Vec::new();
            let each = |position, item| {
                assert_eq!(Some(position), expected.next());
                items.push(item);
                ControlFlow::<()>::Continue(())
            };
            // SAFETY: the range lies in `0..len`; that integers are handed out more than once is harmless.
            let _ = unsafe { source.for_each(range, each) };
            assert!(expected.is_empty());
            items
        };
        let at_once = collect(0..len);
        assert_eq!([0..len / 2, len / 2..len].into_iter().flat_map(collect).collect::<Vec<_>>(), at_once);
        assert_eq!((0..len).flat_map(|i| collect(i..i + 1)).collect::<Vec<_>>(), at_once);
        at_once
    }

    #[test]
    fn ranges_reach_the_ends_of_their_type() {
        assert_eq!(all(&Integers::from(250_u8..255)), [250, 251, 252, 253, 254]);
        assert_eq!(all(&Integers::from(i8::MIN..i8::MAX)), (i8::MIN..i8::MAX).collect::<Vec<_>>());
        assert_eq!(all(&Integers::from(i16::MIN..i16::MAX)), (i16::MIN..i16::MAX).collect::<Vec<_>>());
        assert_eq!(all(&Integers::from(u128::MAX - 2..u128::MAX)), [u128::MAX - 2, u128::MAX - 1]);
        assert_eq!(all(&Integers::from(i128::MIN..i128::MIN + 2)), [i128::MIN, i128::MIN + 1]);
        assert_eq!(all(&Integers::from(i64::MIN..i64::MIN + 2)), [i64::MIN, i64::MIN + 1]);
        assert_eq!(all(&Integers::from(-2_i32..2)), [-2, -1, 0, 1]);
        assert_eq!(all(&Integers::from(isize::MAX - 1..isize::MAX)), [isize::MAX - 1]);
        let (low, high) = (2, 5);
        assert_eq!(all(&Integers::<i32>::from(high..low)), []);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn ranges_of_more_than_half_their_type() {
        fn last_two<T: PartialEq + std::fmt::Debug>(source: &impl Source<Item = T>) -> Vec<(usize, T)> {
            let mut seen = Vec::new();
            let each = |position, item| {
                seen.push((position, item));
                ControlFlow::<()>::Continue(())
            };
            // SAFETY: the range ends with the source.
            let _ = unsafe { source.for_each(source.len() - 2..source.len(), each) };
            seen
        }
        let len = u32::MAX as usize;
        assert_eq!(last_two(&Integers::from(i32::MIN..i32::MAX)), [(len - 2, i32::MAX - 2), (len - 1, i32::MAX - 1)]);
        let len = usize::MAX;
        assert_eq!(last_two(&Integers::from(i64::MIN..i64::MAX)), [(len - 2, i64::MAX - 2), (len - 1, i64::MAX - 1)]);
    }

    #[test]
    fn a_loop_that_breaks_off_is_left() {
        let mut seen = Vec::new();
        let each = |position, item| {
            seen.push((position, item));
            if item == -1 { ControlFlow::Break("over") } else { ControlFlow::Continue(()) }
        };
        // SAFETY: the range lies in `0..8`.
        let left = unsafe { Integers::from(-4..4).for_each(2..7, each) };
        assert_eq!((left, seen), (ControlFlow::Break("over"), vec![(2, -2), (3, -1)]));
    }
}
