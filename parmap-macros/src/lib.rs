//! The macros of parmap. Use the crate `parmap`, which re-exports them.
//!
//! This file only converts streams. A macro is a function over `proc_macro2` types that parses what was written, checks
//! it, and expands it; a mistake found on the way is reported at the user's own tokens, beside a function that can be
//! called.
#![forbid(unsafe_code)]

mod attribute;
mod check;
mod errors;
mod expand;
mod fallback;
mod function;
mod lifetimes;
mod options;
mod roles;
mod signature;
#[cfg(test)]
mod snapshots;

use proc_macro::TokenStream;

/// Makes a function take one item or many, and map many in parallel.
///
/// ```
/// use parmap::parmap;
/// use std::ops::Range;
///
/// #[parmap(global = data, chunksize = 25, processes = 4)]
/// fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
///     data[section].iter().sum()
/// }
///
/// let data = vec![1.0; 1000];
/// let one: f64 = section_sum(0..500, &data);
/// let many: Vec<f64> = section_sum(vec![0..500, 500..1000], &data);
/// assert_eq!(many, [one, one]);
/// ```
///
/// With one item the function is what it was. With a collection of items (see `OneOrMany` for what counts as one) it
/// runs its body once for each, on several threads if that is worth it, and returns the results in a `Vec`, in input
/// order.
///
/// The **item** is the one parameter that no option claims. All items share the other parameters, the **globals**,
/// which are borrowed and never copied. A method's `&self` is shared too:
///
/// ```
/// # use parmap::parmap;
/// struct Dictionary(Vec<String>);
///
/// impl Dictionary {
///     #[parmap(processes = self.0.len() / 1000 + 1)]
///     fn find(&self, word: &str) -> Option<&String> {
///         self.0.iter().find(|entry| entry.starts_with(word))
///     }
/// }
///
/// let dictionary = Dictionary(vec!["parallel".into(), "map".into()]);
/// assert_eq!(dictionary.find("ma").map(String::len), Some(3));
/// assert_eq!(dictionary.find(&["par", "x"]), [Some(&"parallel".into()), None]);
/// ```
///
/// # Options
///
/// | option | meaning | default |
/// |---|---|---|
/// | `global = data` or `global = (data, params)` | the parameters that all items share | none |
/// | `chunksize = 25` | items are handed out in multiples of this many | chosen as it runs |
/// | `processes = 4` | at most this many threads work on a call, the caller included; `1`: the plain loop | all cores |
/// | `crate = path` | where parmap lives, for crates that re-export it | `::parmap` |
///
/// The values of `chunksize` and `processes` are any expression of type `usize`, and may mention every parameter but
/// the item; where one is 0 when the call runs, the default holds.
///
/// # What it works on
///
/// Functions, associated functions and methods with `&self`, with type and const parameters, `where` clauses, lifetimes
/// written or elided, patterns as the item, `return`, `?` and recursion. Item and result must be [`Send`], what is
/// shared must be [`Sync`].
///
/// Refused, with one error that says what to write instead: `self` by value or by `&mut`, globals by `&mut`, `async`,
/// `const`, `unsafe` and `extern` functions, items and results without a type of their own (a bare type parameter,
/// `impl Trait`). Methods of trait impls and bodiless trait methods are refused too, as a trait fixes how they are
/// called: annotate a function, and call it from the method. A provided method works where `Self: Sync`.
///
/// ```compile_fail
/// # use parmap::parmap;
/// #[parmap(global = total)]
/// fn add(x: u64, total: &mut u64) {
///     *total += x; // all items would change it at once
/// }
/// ```
///
/// The function becomes generic over what it is given in place of the item. This shows in these places:
///
/// - Explicit type arguments need one more: `f::<u8>(..)` becomes `f::<u8, _>(..)`.
/// - An item type that contains a type parameter can be ambiguous (`&T` given `&vec`): write `show::<u8, _>(..)`.
/// - An argument's type is no longer inferred from the parameter: for `f("3".parse().unwrap())` write `parse::<u64>()`.
/// - An item is no longer coerced, except from `&Vec<T>`, `&[T; N]`, `&String` and `&Box<T>`; a `&mut` item that is
///   used again afterwards is passed as `&mut *item`.
/// - The lifetimes in the types of item and result must be visible: `Row<'_>` for a `Row` that borrows.
/// - With an item `&T` the function is no value that takes any lifetime: for `v.retain(f)` write `v.retain(|x| f(x))`.
/// - A result must be `Send` even for one item: for `Box<dyn Error>` write `Box<dyn Error + Send + Sync>`.
/// - `#[track_caller]` has no effect inside: what needs the caller's place takes it as a global.
#[proc_macro_attribute]
pub fn parmap(options: TokenStream, function: TokenStream) -> TokenStream {
    attribute::parmap(options.into(), function.into()).into()
}
