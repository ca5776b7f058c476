//! The collections of the standard library as many items.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque},
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
    slice,
};

use crate::{
    OneOrMany, Sections,
    drive::Drive,
    infer::Many,
    slots::{Exclusive, Integers, Owned},
    sources::{Cloned, ClonedFrom, Cut, Cuts, Halves, IntegersToLast, Lent},
    supply::ByPosition,
};

fn cuts<I: Cut + ExactSizeIterator>(cuts: I) -> Cuts<I> {
    Cuts(cuts)
}

fn strings(strings: &[String]) -> Lent<'_, String, str> {
    Lent { lenders: strings, lend: String::as_str }
}

fn paths(paths: &[PathBuf]) -> Lent<'_, PathBuf, Path> {
    Lent { lenders: paths, lend: PathBuf::as_path }
}

fn vectors<T>(vectors: &[Vec<T>]) -> Lent<'_, Vec<T>, [T]> {
    Lent { lenders: vectors, lend: Vec::as_slice }
}

/// Implements [`OneOrMany`] for types that are many items, each by the source that hands its items out.
macro_rules! many {
    ($([$($generics:tt)*] $this:ty => $item:ty, $name:ident => $source:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> OneOrMany<$item> for $this {
            type Output<One, Many> = Many;

            fn __parmap_drive<D: Drive<$item>>(self, drive: D) -> D::Many
            where
                $item: Send,
            {
                self.__parmap_many(drive)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Many<$item> for $this {
            fn __parmap_many<D: Drive<$item>>(self, drive: D) -> D::Many
            where
                $item: Send,
            {
                let $name = self;
                drive.many(ByPosition::new($source))
            }
        }
    )*};
}

many! {
    // Moved.
    [T] Vec<T> => T, items => Owned::new(items);
    [T, const N: usize] [T; N] => T, items => Owned::new(Vec::from(items));
    [T] Box<[T]> => T, items => Owned::new(items.into_vec());
    [T] VecDeque<T> => T, items => Owned::new(Vec::from(items));

    // Shared.
    ['a, T: Sync] &'a [T] => &'a T, items => items;
    ['a, T: Sync, const N: usize] &'a [T; N] => &'a T, items => &items[..];
    ['a, T: Sync] &'a Vec<T> => &'a T, items => &items[..];
    ['a, T: Sync] &'a VecDeque<T> => &'a T, items => Halves::new(items);

    // Cloned.
    ['a, T: Clone + Send + Sync] &'a [T] => T, items => Cloned(items);
    ['a, T: Clone + Send + Sync, const N: usize] &'a [T; N] => T, items => Cloned(items);
    ['a, T: Clone + Send + Sync] &'a Vec<T> => T, items => Cloned(items);
    ['a, T: Clone + Send + Sync] &'a VecDeque<T> => T, items => ClonedFrom(Halves::new(items));

    // Lent.
    ['a] &'a [String] => &'a str, items => strings(items);
    ['a, const N: usize] &'a [String; N] => &'a str, items => strings(items);
    ['a] &'a Vec<String> => &'a str, items => strings(items);
    ['a] &'a [PathBuf] => &'a Path, items => paths(items);
    ['a, const N: usize] &'a [PathBuf; N] => &'a Path, items => paths(items);
    ['a] &'a Vec<PathBuf> => &'a Path, items => paths(items);
    ['a, T: Sync] &'a [Vec<T>] => &'a [T], items => vectors(items);
    ['a, T: Sync, const N: usize] &'a [Vec<T>; N] => &'a [T], items => vectors(items);
    ['a, T: Sync] &'a Vec<Vec<T>> => &'a [T], items => vectors(items);

    // Mutable.
    ['a, T: Send] &'a mut [T] => &'a mut T, items => Exclusive::new(items);
    ['a, T: Send, const N: usize] &'a mut [T; N] => &'a mut T, items => Exclusive::new(items);
    ['a, T: Send] &'a mut Vec<T> => &'a mut T, items => Exclusive::new(items);
    ['a, T: Send] &'a mut VecDeque<T> => &'a mut T, items => Exclusive::new(items.make_contiguous());

    // Cuts of slices.
    ['a, T: Sync] slice::Chunks<'a, T> => &'a [T], items => cuts(items);
    ['a, T: Sync] slice::ChunksExact<'a, T> => &'a [T], items => cuts(items);
    ['a, T: Sync] slice::RChunks<'a, T> => &'a [T], items => cuts(items);
    ['a, T: Sync] slice::Windows<'a, T> => &'a [T], items => cuts(items);
    [] Sections => Range<usize>, items => items;

    // What can only be walked is walked once, into a vector of references.
    ['a, T: Send] slice::ChunksMut<'a, T> => &'a mut [T], items => Owned::new(items.collect());
    ['a, T: Send] slice::ChunksExactMut<'a, T> => &'a mut [T], items => Owned::new(items.collect());
    ['a, K: Sync, V: Sync, S] &'a HashMap<K, V, S> => (&'a K, &'a V), items => Owned::new(items.iter().collect());
    ['a, K: Sync, V: Send, S] &'a mut HashMap<K, V, S> => (&'a K, &'a mut V), items => Owned::new(items.iter_mut().collect());
    ['a, K: Sync, V: Sync] &'a BTreeMap<K, V> => (&'a K, &'a V), items => Owned::new(items.iter().collect());
    ['a, K: Sync, V: Send] &'a mut BTreeMap<K, V> => (&'a K, &'a mut V), items => Owned::new(items.iter_mut().collect());
    ['a, T: Sync, S] &'a HashSet<T, S> => &'a T, items => Owned::new(items.iter().collect());
    ['a, T: Sync] &'a BTreeSet<T> => &'a T, items => Owned::new(items.iter().collect());
}

macro_rules! ranges {
    ($($t:ty)*) => {
        many! {$(
            [] Range<$t> => $t, items => Integers::from(items);
            [] RangeInclusive<$t> => $t, items => IntegersToLast::from(items);
        )*}
    };
}
ranges!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
