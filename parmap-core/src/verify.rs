//! `verify`: a call made again under other widths and orders, and compared with the plain loop.
//!
//! For the tests of those who annotate functions; so a difference is a panic at their line.

use std::{collections::BTreeMap, fmt::Debug};

use crate::settings::{Settings, with};

/// Checks that a call gives what the plain loop gives, at several widths and in several orders of the items.
///
/// `call` makes one call of an annotated function or `par_map!` and returns its result. It is run with `processes(1)`,
/// which is the plain loop, then with 2, 3 and 7 threads, and then with 1 and 3 threads in orders shuffled by three seeds
/// each. Returns the plain loop's result, for further checks. What `call` changes it must set up anew each time.
///
/// The environment is stronger, and an outer `with` goes on: with `PARMAP_PROCESSES` set every run has that many threads,
/// with `PARMAP_SCHEDULE` the plain loop's items are shuffled as well.
///
/// ```
/// use parmap::{parmap, verify};
///
/// #[parmap(reduce = sum)]
/// fn weight(x: &f64) -> f64 {
///     x.sqrt()
/// }
///
/// let data: Vec<f64> = (0..1000).map(f64::from).collect();
/// let total = verify(|| weight(&data));
/// assert!((total - 21_065.8).abs() < 0.1);
/// ```
///
/// # Panics
///
/// If a result differs: with the width, the order, and the index and both values of the first difference.
///
/// ```should_panic
/// use parmap::{parmap, verify};
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// #[parmap(global = next)]
/// fn number(_line: &str, next: &AtomicU32) -> u32 {
///     next.fetch_add(1, Ordering::Relaxed) // which line gets which number is left to chance
/// }
///
/// let lines = vec!["a", "b", "c", "d", "e"];
/// verify(|| number(&lines, &AtomicU32::new(0)));
/// ```
#[track_caller]
pub fn verify<C: Verified>(mut call: impl FnMut() -> C) -> C {
    let plain = with(Settings::new().processes(1), &mut call);
    let widths = [2, 3, 7].map(|processes| (processes, None));
    let orders = [1, 3].map(|processes| [1, 2, 3].map(|seed| (processes, Some(seed))));
    for (processes, seed) in widths.into_iter().chain(orders.into_iter().flatten()) {
        let settings = Settings::new().processes(processes);
        let settings = seed.map_or_else(|| settings.clone(), |seed| settings.clone().shuffle(seed));
        let other = with(settings, &mut call);
        if let Some(difference) = plain.difference(&other) {
            let order = seed.map_or_else(String::new, |seed| format!(", shuffle:{seed}"));
            panic!("parmap: processes = {processes}{order} differs from the plain loop {difference}");
        }
    }
    plain
}

/// Results that [`verify`] can compare: vectors, B-tree maps, numbers, strings and other plain values, tuples of them, and
/// `Option` and `Result` of these.
///
/// Values are compared by `==`; those that are not equal to themselves, such as NaN, by what `Debug` writes of them. To
/// compare floats bit by bit, let the call return `to_bits()` of them.
///
/// For a type of one's own:
///
/// ```
/// use parmap::{Verified, verify};
///
/// struct Histogram {
///     bins: Vec<u32>,
/// }
///
/// impl Verified for Histogram {
///     fn difference(&self, other: &Self) -> Option<String> {
///         self.bins.difference(&other.bins)
///     }
/// }
///
/// # let histogram = || Histogram { bins: vec![1, 2] };
/// verify(|| histogram());
/// ```
pub trait Verified {
    /// Where the two first differ, in words that begin with a place, or `None`.
    fn difference(&self, other: &Self) -> Option<String>;
}

/// The difference of two values that are compared as a whole.
fn of_values<T: PartialEq + Debug + ?Sized>(plain: &T, other: &T) -> Option<String> {
    (!is_same(plain, other)).then(|| format!("in its value: {plain:?} there, {other:?} here"))
}

#[allow(clippy::eq_op)]
fn is_same<T: PartialEq + Debug + ?Sized>(one: &T, other: &T) -> bool {
    one == other || (one != one && other != other && format!("{one:?}") == format!("{other:?}"))
}

impl<T: PartialEq + Debug> Verified for Vec<T> {
    fn difference(&self, other: &Self) -> Option<String> {
        let differing = self.iter().zip(other).position(|(plain, other)| !is_same(plain, other));
        match differing {
            Some(index) => Some(format!("at index {index}: {:?} there, {:?} here", self[index], other[index])),
            None if self.len() != other.len() => Some(format!("in length: {} there, {} here", self.len(), other.len())),
            None => None,
        }
    }
}

impl<K: Ord + Debug, V: PartialEq + Debug> Verified for BTreeMap<K, V> {
    fn difference(&self, other: &Self) -> Option<String> {
        let key = self.keys().chain(other.keys()).filter(|key| match (self.get(key), other.get(key)) {
            (Some(plain), Some(other)) => !is_same(plain, other),
            _ => true,
        });
        let key = key.min()?;
        Some(format!("at key {key:?}: {:?} there, {:?} here", self.get(key), other.get(key)))
    }
}

impl<T: Verified + Debug> Verified for Option<T> {
    fn difference(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Some(plain), Some(other)) => plain.difference(other),
            (None, None) => None,
            _ => Some(format!("in its value: {self:?} there, {other:?} here")),
        }
    }
}

impl<T: Verified + Debug, E: PartialEq + Debug> Verified for Result<T, E> {
    fn difference(&self, other: &Self) -> Option<String> {
        match (self, other) {
            (Ok(plain), Ok(other)) => plain.difference(other),
            (Err(plain), Err(other)) => of_values(plain, other),
            _ => Some(format!("in its value: {self:?} there, {other:?} here")),
        }
    }
}

macro_rules! verified {
    ($($value:ty)*) => {$(
        impl Verified for $value {
            fn difference(&self, other: &Self) -> Option<String> {
                of_values(self, other)
            }
        }
    )*};
}
verified! { () bool char String &str f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

macro_rules! verified_tuples {
    ($(($($value:ident $place:tt)*))*) => {$(
        impl<$($value: Verified),*> Verified for ($($value,)*) {
            fn difference(&self, other: &Self) -> Option<String> {
                None$(.or_else(|| self.$place.difference(&other.$place)))*
            }
        }
    )*};
}
verified_tuples! { (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) }
