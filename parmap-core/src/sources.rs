//! Collections that can compute the item at any position, as often as asked: slices, ranges, cuts of slices.
//!
//! What hands an item out only once (a vector by value, a mutable slice) is in `slots.rs`, since it needs unsafe code; so
//! are the integers of `a..b`, which count their own positions.

use std::{
    collections::VecDeque,
    ops::{Range, RangeInclusive},
    slice,
};

/// A collection whose items can be computed from their positions, from several threads and more than once.
pub(crate) trait Positions: Sync {
    /// What is computed.
    type Item;

    /// How many items there are.
    fn len(&self) -> usize;

    /// The items of a range of positions. Built of the standard library's slice and range iterators, so that the loop
    /// over them vectorizes.
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = Self::Item>;
}

/// `&[T]`, items `&T`.
impl<'a, T: Sync> Positions for &'a [T] {
    type Item = &'a T;

    fn len(&self) -> usize {
        (**self).len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = &'a T> {
        self[range].iter()
    }
}

/// `&[T]`, items `T`, cloned where they are used.
pub(crate) struct Cloned<'a, T>(pub(crate) &'a [T]);

impl<T: Clone + Sync> Positions for Cloned<'_, T> {
    type Item = T;

    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = T> {
        self.0[range].iter().cloned()
    }
}

/// `&[B]`, items what the `B`s lend: `&str` of `String`s, `&[T]` of `Vec<T>`s.
pub(crate) struct Lent<'a, B, L: ?Sized> {
    pub(crate) lenders: &'a [B],
    pub(crate) lend: fn(&'a B) -> &'a L,
}

impl<'a, B: Sync, L: ?Sized> Positions for Lent<'a, B, L> {
    type Item = &'a L;

    fn len(&self) -> usize {
        self.lenders.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = &'a L> {
        self.lenders[range].iter().map(self.lend)
    }
}

/// `&VecDeque<T>`, items `&T`: its two halves, one behind the other.
pub(crate) struct Halves<'a, T>(&'a [T], &'a [T]);

impl<'a, T> Halves<'a, T> {
    pub(crate) fn new(deque: &'a VecDeque<T>) -> Self {
        let (front, back) = deque.as_slices();
        Halves(front, back)
    }
}

impl<'a, T: Sync> Positions for Halves<'a, T> {
    type Item = &'a T;

    fn len(&self) -> usize {
        self.0.len() + self.1.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = &'a T> {
        let (front, cut) = (self.0, self.0.len());
        let in_front = range.start.min(cut)..range.end.min(cut);
        let in_back = range.start.max(cut) - cut..range.end.max(cut) - cut;
        front[in_front].iter().chain(&self.1[in_back])
    }
}

/// Another source, its items cloned where they are used.
pub(crate) struct ClonedFrom<P>(pub(crate) P);

impl<'a, T: Clone + Sync + 'a, P: Positions<Item = &'a T>> Positions for ClonedFrom<P> {
    type Item = T;

    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = T> {
        self.0.items(range).cloned()
    }
}

/// The cuts of a slice that the standard library makes: its iterators, which know the n-th cut at once.
pub(crate) struct Cuts<I>(pub(crate) I);

impl<I: ExactSizeIterator + Clone + Sync> Positions for Cuts<I> {
    type Item = I::Item;

    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = I::Item> {
        let mut cuts = self.0.clone();
        if range.start > 0 {
            cuts.nth(range.start - 1);
        }
        cuts.take(range.len())
    }
}

/// The iterators that [`Cuts`] may hold: those whose `nth` takes no longer for a later cut.
pub(crate) trait Cut {}

impl<T> Cut for slice::Chunks<'_, T> {}
impl<T> Cut for slice::ChunksExact<'_, T> {}
impl<T> Cut for slice::RChunks<'_, T> {}
impl<T> Cut for slice::Windows<'_, T> {}

/// The ranges that cut `0..len` into pieces of `size`, the last one shorter if need be.
///
/// What [`sections`] returns: a collection of `Range<usize>` that takes no memory, and an iterator over them.
#[derive(Clone, Debug)]
pub struct Sections {
    len: usize,
    size: usize,
    /// The sections not yet iterated over, by number.
    left: Range<usize>,
}

/// Cuts `0..len` into ranges of `size` positions each, the last one shorter if `size` does not divide `len`.
///
/// The usual items of a function over parts of a big array: rows 0 to 9,999, rows 10,000 to 19,999, and so on.
///
/// ```
/// use std::ops::Range;
/// use parmap::{parmap, sections};
///
/// #[parmap(global = data)]
/// fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
///     data[section].iter().sum()
/// }
///
/// let data = vec![1.0; 25];
/// assert_eq!(section_sum(sections(data.len(), 10), &data), [10.0, 10.0, 5.0]);
/// assert!(sections(25, 10).eq([0..10, 10..20, 20..25]));
/// ```
///
/// # Panics
///
/// If `size` is 0.
#[track_caller]
#[must_use]
pub fn sections(len: usize, size: usize) -> Sections {
    assert!(size > 0, "parmap::sections: the size of a section must be at least 1");
    Sections { len, size, left: 0..len.div_ceil(size) }
}

impl Sections {
    fn section(&self, number: usize) -> Range<usize> {
        let start = number * self.size;
        start..self.len.min(start.saturating_add(self.size))
    }
}

impl Iterator for Sections {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        self.left.next().map(|number| self.section(number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl ExactSizeIterator for Sections {}

impl DoubleEndedIterator for Sections {
    fn next_back(&mut self) -> Option<Range<usize>> {
        self.left.next_back().map(|number| self.section(number))
    }
}

impl Positions for Sections {
    type Item = Range<usize>;

    fn len(&self) -> usize {
        self.left.len()
    }

    #[inline]
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.left.start;
        range.map(move |position| self.section(first + position))
    }
}

/// `a..=b`: integers up to and including the last, which may be the last of their type; counted by `usize`.
pub(crate) struct IntegersToLast<T> {
    start: T,
    len: usize,
}

/// How many integers a range has whose ends lie `apart`, with the last one or without.
#[track_caller]
pub(crate) fn length<L: TryInto<usize>>(apart: L, last: usize) -> usize {
    let length = apart.try_into().ok().and_then(|apart: usize| apart.checked_add(last));
    length.expect("parmap: a range of more integers than a usize can count")
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl From<RangeInclusive<$t>> for IntegersToLast<$t> {
            fn from(range: RangeInclusive<$t>) -> Self {
                let len = if range.is_empty() { 0 } else { length(range.end().abs_diff(*range.start()), 1) };
                IntegersToLast { start: *range.start(), len }
            }
        }

        // A position's cast to the integers' type may wrap; the sum then wraps back, as it lies in the range.
        impl Positions for IntegersToLast<$t> {
            type Item = $t;

            fn len(&self) -> usize {
                self.len
            }

            #[inline]
            fn items(&self, range: Range<usize>) -> impl Iterator<Item = $t> {
                // The end of a range up to the last integer of the type is no integer of the type.
                let start = self.start;
                range.map(move |position| start.wrapping_add(position as $t))
            }
        }
    )*};
}
integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

#[cfg(test)]
mod tests {
    use super::*;

    fn all<P: Positions>(source: &P) -> Vec<P::Item> {
        let len = source.len();
        // In two halves and item by item: `items` must start anywhere.
        let halves: Vec<_> = source.items(0..len / 2).chain(source.items(len / 2..len)).collect();
        assert_eq!((0..len).map(|i| source.items(i..i + 1).count()).sum::<usize>(), len);
        halves
    }

    #[test]
    fn ranges_reach_the_ends_of_their_type() {
        assert_eq!(all(&IntegersToLast::from(i8::MIN..=i8::MAX)), (i8::MIN..=i8::MAX).collect::<Vec<_>>());
        assert_eq!(all(&IntegersToLast::from(250_u8..=255)), [250, 251, 252, 253, 254, 255]);
        let (low, high) = (2, 5);
        assert_eq!(all(&IntegersToLast::<i32>::from(high..=low)), []);
        let mut used_up = 1..=1;
        used_up.next();
        assert_eq!(all(&IntegersToLast::<i32>::from(used_up)), []);
    }

    #[test]
    #[should_panic(expected = "more integers than a usize can count")]
    fn a_range_too_long_to_count_is_refused() {
        let _ = IntegersToLast::from(0..=u64::MAX);
    }

    #[test]
    fn cuts_start_anywhere() {
        let data: Vec<u32> = (0..11).collect();
        assert_eq!(all(&Cuts(data.chunks(3))), data.chunks(3).collect::<Vec<_>>());
        assert_eq!(all(&Cuts(data.chunks_exact(3))), data.chunks_exact(3).collect::<Vec<_>>());
        assert_eq!(all(&Cuts(data.rchunks(3))), data.rchunks(3).collect::<Vec<_>>());
        assert_eq!(all(&Cuts(data.windows(3))), data.windows(3).collect::<Vec<_>>());
    }

    #[test]
    fn a_wrapped_deque_keeps_its_order() {
        let mut deque: VecDeque<u32> = (0..7).collect();
        deque.rotate_left(3);
        deque.pop_front();
        deque.push_back(9);
        assert!(all(&Halves::new(&deque)).into_iter().eq(&deque));
    }

    #[test]
    fn sections_near_the_largest_length() {
        let huge = sections(usize::MAX, usize::MAX - 1);
        assert_eq!(all(&huge), [0..usize::MAX - 1, usize::MAX - 1..usize::MAX]);
        let mut rest = sections(25, 10);
        rest.next();
        assert_eq!(all(&rest), [10..20, 20..25]);
        assert_eq!(sections(0, 3).count(), 0);
    }
}
