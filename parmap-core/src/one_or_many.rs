//! One item or many: the trait that lets one function name take either.
//!
//! Here are the trait and the types that are one item; `collections.rs` has those that are many.

use std::path::{Path, PathBuf};

use crate::drive::Drive;

/// One `T`, or a collection of `T`s: what an annotated function takes in place of its item.
///
/// With one item the function is what it was: a plain call on this thread. With a collection it maps all items, in
/// parallel, and returns the results in a `Vec`, in input order, or what its options make of them.
///
/// ```
/// use parmap::parmap;
///
/// #[parmap]
/// fn square(x: u64) -> u64 {
///     x * x
/// }
///
/// assert_eq!(square(3), 9);
/// assert_eq!(square([1, 2, 3]), [1, 4, 9]);
/// assert_eq!(square(1..=3), [1, 4, 9]);
/// assert_eq!(square(&vec![1, 2, 3]), [1, 4, 9]);
/// assert_eq!((1..4).map(square).sum::<u64>(), 14);
/// ```
///
/// | collection | its items |
/// |---|---|
/// | `Vec<T>`, `[T; N]`, `Box<[T]>`, `VecDeque<T>` | `T`, moved |
/// | `&` of slices, arrays, `Vec`, `VecDeque` | `&T`, or `T` cloned one by one |
/// | `&mut` of the same | `&mut T` |
/// | `&` of slices, arrays, `Vec`, of `String`, `PathBuf` or `Vec<T>` | `&str`, `&Path` or `&[T]` |
/// | ranges of integers, `a..b` and `a..=b` | the integers |
/// | [`sections`](crate::sections) | `Range<usize>` |
/// | `chunks`, `chunks_exact`, `rchunks`, `windows` of slices | `&[T]` |
/// | `chunks_mut`, `chunks_exact_mut` of slices | `&mut [T]` |
/// | `&` of `HashMap`, `BTreeMap`; `&mut` of them | `(&K, &V)`; `(&K, &mut V)` |
/// | `&` of `HashSet`, `BTreeSet` | `&T` |
/// | [`each`](crate::each)`(iterator)` | what the iterator yields |
/// | `indexed(parallel_iterator)`, with rayon | what rayon's iterator yields |
///
/// Where a plain call would coerce a reference, it still may: `&Vec<T>` and `&[T; N]` are one `&[T]` (and so with `&mut`),
/// `&String` is one `&str`, `&PathBuf` one `&Path`, `&Box<T>` one `&T`.
///
/// Items and results go to other threads and back, so both must be [`Send`]. The trait is not meant to be implemented by
/// hand: bring other collections in with [`each`](crate::each).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither one `{T}` nor a collection of `{T}`",
    label = "neither one `{T}` nor a collection of `{T}`",
    note = "an iterator is passed as `parmap::each(iterator)`"
)]
pub trait OneOrMany<T>: Sized {
    /// What the function returns for this: `One` for one item, `Many` for a collection.
    type Output<One, Many>;

    /// Drives an annotated function's body over the one item or all of them.
    #[doc(hidden)]
    fn __parmap_drive<D: Drive<T>>(self, drive: D) -> Self::Output<D::One, D::Many>
    where
        T: Send;
}

/// Implements [`OneOrMany`] for types that are one item, by coercion.
macro_rules! one {
    ($([$($generics:tt)*] $this:ty => $item:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> OneOrMany<$item> for $this {
            type Output<One, Many> = One;

            #[inline]
            fn __parmap_drive<D: Drive<$item>>(self, drive: D) -> D::One
            where
                $item: Send,
            {
                drive.one(self)
            }
        }
    )*};
}

one! {
    [T] T => T;
    ['a, T] &'a Vec<T> => &'a [T];
    ['a, T, const N: usize] &'a [T; N] => &'a [T];
    ['a, T] &'a mut Vec<T> => &'a mut [T];
    ['a, T, const N: usize] &'a mut [T; N] => &'a mut [T];
    ['a] &'a String => &'a str;
    ['a] &'a PathBuf => &'a Path;
    ['a, T: ?Sized] &'a Box<T> => &'a T;
}
