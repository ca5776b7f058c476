//! The macros of parmap. Use the crate `parmap`, which re-exports them.
//!
//! This file only converts streams. A macro is a function over `proc_macro2` types that parses what was written, checks
//! it, and expands it; a mistake found on the way is reported at the user's own tokens, beside a function that can be
//! called.
#![forbid(unsafe_code)]

mod attribute;
mod check;
mod ends;
mod errors;
mod expand;
mod fallback;
mod function;
mod lifetimes;
mod options;
mod par_map;
mod pipeline;
#[cfg(test)]
mod properties;
mod roles;
mod signature;
#[cfg(test)]
mod snapshots;
mod typed;
mod visitor;

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
/// | `index = i` | the parameter that receives the item's position | none |
/// | `local(buf = Vec::new())` | the parameters that are a worker's own state | none |
/// | `try` | many items give one `Result` or `Option` | a `Vec` of them |
/// | `reduce = sum`, `product`, `min`, `max` or `(identity, combine)` | many items give one value | a `Vec` |
/// | `fold = (init, add)` | many items give one value, made strictly in input order | a `Vec` |
/// | `crate = path` | where parmap lives, for crates that re-export it | `::parmap` |
///
/// Values are any expression, and may mention the globals and `self`: not the item, of which there may be many, nor the
/// index or a local. Those of `chunksize` and `processes` are of type `usize`; where one is 0 when the call runs, the
/// default holds. Of `reduce` and `fold` a function has one at most. A function that returns nothing gives `()` for many
/// items, too.
///
/// ## `index`
///
/// The position of the item in the collection, 0 for a single item. It is no parameter of the call:
///
/// ```
/// # use parmap::parmap;
/// #[parmap(index = i)]
/// fn numbered(line: &str, i: usize) -> String {
///     format!("{}: {line}", i + 1)
/// }
///
/// assert_eq!(numbered(["first", "second"]), ["1: first", "2: second"]);
/// ```
///
/// ## `local`
///
/// State that a worker keeps from one of its items to the next: a buffer, a random number generator, a connection. The
/// parameter is written `&mut T`. The value is evaluated once a worker, when it comes to its first item, and again after
/// an item has panicked; so what it takes by value is cloned in it, as in `local(rng = seed.clone())`. It is dropped
/// before the call returns. Which items share one is not to be relied on; the value of one local cannot use another.
///
/// ```
/// # use parmap::parmap;
/// #[parmap(local(sorted = Vec::new()))]
/// fn median(row: &[f64], sorted: &mut Vec<f64>) -> f64 {
///     sorted.clear();
///     sorted.extend(row);
///     sorted.sort_by(f64::total_cmp);
///     sorted[sorted.len() / 2]
/// }
///
/// let rows = [3.0, 1.0, 2.0, 6.0, 4.0, 5.0];
/// assert_eq!(median(rows.chunks(3)), [2.0, 5.0]);
/// ```
///
/// ## `try`
///
/// For functions that return `Result` or `Option`, by whatever name. Once a failure is known, no item behind it is begun;
/// the failure of the lowest position is the one that is returned.
///
/// ```
/// # use parmap::parmap;
/// # use std::num::ParseIntError;
/// #[parmap(try)]
/// fn parse(line: &str) -> Result<u32, ParseIntError> {
///     line.trim().parse()
/// }
///
/// let all: Result<Vec<u32>, ParseIntError> = parse(["1", " 2"]);
/// assert_eq!(all, Ok(vec![1, 2]));
/// assert!(parse(["1", "two", "3"]).is_err());
/// ```
///
/// ## `reduce`
///
/// Results are combined as they come, none is kept. The order of combining depends on the number of items alone: a sum
/// of floating-point numbers has the same bits for any number of threads, with one version of parmap. The function must be
/// associative; no items give the identity, or `None` for `min` and `max`. With `try`, what successes hold is combined.
/// `min` and `max` are for what is [`Ord`], which floats are not: write `(f64::INFINITY, f64::min)` or
/// `(f64::NEG_INFINITY, f64::max)`.
///
/// ```
/// # use parmap::parmap;
/// #[parmap(reduce = sum)]
/// fn square(x: u64) -> u64 {
///     x * x
/// }
///
/// #[parmap(reduce = max)]
/// fn length(word: &str) -> usize {
///     word.len()
/// }
///
/// #[parmap(reduce = (f64::INFINITY, f64::min))]
/// fn error_of(scale: f64) -> f64 {
///     (scale * 3.0 - 2.0).abs()
/// }
///
/// assert_eq!(square(1..=3), 14);
/// assert_eq!(length(["a", "bcd"]), Some(3));
/// assert_eq!(error_of([0.0, 1.0, 2.0]), 1.0);
/// ```
///
/// ## `fold`
///
/// As [`Iterator::fold`], in input order, beside the work on later items: for what is not associative. The accumulator's
/// type is that of the results, and so it is for a named function; another one is written in the closure. An accumulator
/// that borrows needs a lifetime with a name.
///
/// ```
/// # use parmap::parmap;
/// #[parmap(fold = (String::new(), |page: String, line| page + line + "\n"))]
/// fn render(line: &str) -> &str {
///     line.trim_end()
/// }
///
/// assert_eq!(render(["a  ", "b "]), "a\nb\n");
/// ```
///
/// # What it works on
///
/// Functions, associated functions and methods with `&self`, with type and const parameters, `where` clauses, lifetimes
/// written or elided, patterns as the item, `return`, `?` and recursion. Item and result must be [`Send`], what is
/// shared must be [`Sync`].
///
/// Refused, with one error that says what to write instead: `self` by value or by `&mut`, globals by `&mut`, locals by
/// anything else, `async`, `const`, `unsafe` and `extern` functions, items and results without a type of their own (a bare
/// type parameter, `impl Trait`). Methods of trait impls and bodiless trait methods are refused too, as a trait fixes how they are
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

/// Maps a collection in parallel, inside an expression.
///
/// ```
/// use parmap::par_map;
///
/// let words = vec!["map".to_owned(), "items".to_owned()];
/// assert_eq!(par_map!(|word| word.len(), &words), [3, 5]);
/// assert_eq!(par_map!(f64::sqrt, [1.0, 4.0]), [1.0, 2.0]);
/// ```
///
/// `par_map!(f, items, options..)` calls `f(item)` for each item, on several threads if that is worth it, and returns the
/// results in a `Vec`, in input order. It is for loops that are no function of their own, and for functions of other
/// crates; to parallelise a function for all who call it, annotate it with [`parmap`](macro@parmap).
///
/// The function is a closure, a function, or any value that can be called through a shared reference from several
/// threads (`Fn + Sync`); an annotated function is called with one item at a time. The collections are those of
/// `OneOrMany`. A closure whose parameter has no type is given the items as a `for` loop would be: `&T` for `&vec`, the
/// numbers of a range, `(&K, &V)` for `&map`. Where a type is written, and for functions, items are cloned and lent as for
/// an annotated function:
///
/// ```
/// # use parmap::{par_map, parmap};
/// # use std::ops::Range;
/// #[parmap(global = data)]
/// fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
///     data[section].iter().sum()
/// }
///
/// let (big, sections) = (vec![1.0; 100], vec![0..50, 50..100]);
/// assert_eq!(par_map!(section_sum, &sections, global = &big, chunksize = 25, processes = 4), [50.0, 50.0]);
/// assert_eq!(par_map!(|section: Range<usize>| section.len(), &sections), [50, 50]);
/// ```
///
/// # Options
///
/// | option | meaning | default |
/// |---|---|---|
/// | `global = &data` or `global = (&data, 3)` | what all calls are given | nothing |
/// | `chunksize = 25` | items are handed out in multiples of this many | chosen as it runs |
/// | `processes = 4` | at most this many threads work on the call, the caller included; `1`: the plain loop | all cores |
/// | `index = i` | the calls are given the item's position | not given |
/// | `local(buf = Vec::new())` | the calls are given their worker's own state, by `&mut` | none |
/// | `try` | one `Result` or `Option` is returned | a `Vec` of them |
/// | `reduce = sum`, `product`, `min`, `max` or `(identity, combine)` | one value is returned | a `Vec` |
/// | `fold = (init, add)` | one value is returned, made strictly in input order | a `Vec` |
/// | `into = &mut out` | the results are written there | a `Vec` |
/// | `crate = path` | where parmap lives, for crates that re-export it | `::parmap` |
///
/// They mean what they mean for [`parmap`](macro@parmap). Of `reduce`, `fold` and `into` a call has one at most. A call
/// whose function returns nothing returns nothing.
///
/// Values are any expression. Each is evaluated once, on the caller's thread: the items, the globals, `into`, then
/// `chunksize` and `processes` in the order written, then the function, then the values of `reduce` or `fold`. Those of
/// `local` are evaluated once a worker, when it comes to its first item, and again after an item has panicked.
///
/// ## `global`, `index`, `local`
///
/// What these name is given to the function behind the item, in the order in which the options are written. Globals are
/// copied into each call: write a reference, or a number. A tuple behind `global` is a list of globals; one that is a
/// tuple is written `global = ((1, 2),)`. The name of the index and those of the locals are for the reader.
///
/// ```
/// # use parmap::par_map;
/// let (offsets, scale) = (vec![10, 20, 30], 2);
/// let moved = par_map!(
///     |x, offsets, scale, i, seen| {
///         seen.push(x);
///         x * scale + offsets[i]
///     },
///     [1, 2, 3],
///     global = (&offsets, scale),
///     index = i,
///     local(seen = Vec::new()),
/// );
/// assert_eq!(moved, [12, 24, 36]);
/// ```
///
/// A closure may as well use what is around it; what it uses is borrowed by all threads.
///
/// ## `chunksize`, `processes`
///
/// ```
/// # use parmap::par_map;
/// let cubes = par_map!(|x| x * x * x, 0..1000_u64, chunksize = 100, processes = 2);
/// assert_eq!(cubes[9], 729);
/// ```
///
/// ## `try`
///
/// ```
/// # use parmap::par_map;
/// fn total(lines: &[&str]) -> Result<u32, std::num::ParseIntError> {
///     let numbers: Vec<u32> = par_map!(|line| line.parse(), lines, try)?;
///     Ok(numbers.iter().sum())
/// }
///
/// assert_eq!(total(&["1", "2"]), Ok(3));
/// assert!(total(&["1", "two"]).is_err());
/// ```
///
/// ## `reduce`, `fold`
///
/// ```
/// # use parmap::{each, par_map};
/// let lines = "one\ntwo three\n";
/// assert_eq!(par_map!(|line| line.len(), each(lines.lines()), reduce = sum), 12);
/// assert_eq!(par_map!(|x| (x % 7, x), 0..100, reduce = max), Some((6, 97)));
/// assert_eq!(par_map!(|x| x * x, 1..4, reduce = (1, |a, b| a * b)), 36);
/// assert_eq!(par_map!(|x| x.to_string(), 1..4, fold = (String::new(), |text, x| text + &x)), "123");
/// ```
///
/// ## `into`
///
/// Writes the results into a slice, an array or a `Vec` with as many places as there are items, instead of making a new
/// `Vec`. Panics before any work if there are more or fewer, or if nobody knows how many, as for an iterator of unknown
/// length. With `try`, some places have new values after a failure; which ones is left to chance.
///
/// ```
/// # use parmap::par_map;
/// let mut squares = [0; 4];
/// par_map!(|x| x * x, 0..4, into = &mut squares);
/// assert_eq!(squares, [0, 1, 4, 9]);
/// ```
///
/// Where items are changed in place, nothing is returned:
///
/// ```
/// # use parmap::par_map;
/// let mut cells = vec![1.0, 2.0];
/// par_map!(|x| *x *= 2.0, &mut cells);
/// assert_eq!(cells, [2.0, 4.0]);
/// ```
///
/// # What it cannot do
///
/// - A closure that changes what it captures is refused, as all threads would change it at once: return results, `reduce`
///   them, or keep state in `local`.
/// - The type of a value that is not used with a type of its own is that of the plain loop's `collect`: where the closure
///   leaves it open, as in `|line| line.parse().unwrap()`, write `let numbers: Vec<u32> = ..`.
/// - A function whose trait picks its argument, such as `u64::from`, does not tell the items' type: write a closure,
///   `|x: u8| u64::from(x)`.
/// - A closure's parameter with a type takes a global as it is: for one that is a `&Vec<T>` leave out the type `&[T]`, or
///   name a function.
/// - Items and results go to other threads and back: they must be [`Send`], what is shared must be [`Sync`].
#[proc_macro]
pub fn par_map(call: TokenStream) -> TokenStream {
    par_map::par_map(call.into()).into()
}

/// Takes the items of an iterator through stages, parallel ones and ones in order, to an end: in bounded memory.
///
/// It is for streams: lines of a file that need not fit in memory, messages, pages, records of a query. What has to be
/// done one after another (numbering, removing doubles, writing) is a serial stage or the end; the rest runs on several
/// threads if that is worth it.
///
/// ```
/// use parmap::pipeline;
/// use std::collections::HashSet;
///
/// let lines = "7 apples\n7 pears\n3 apples\nno apples\n7 apples".lines();
/// let mut seen = HashSet::new();
/// let apples: u32 = pipeline!(
///     lines,                                                  // source: any iterator
///     par_filter_map(|line| line.strip_suffix(" apples")),    // on several threads
///     par(|number| number.parse::<u32>().unwrap_or(0)),
///     serial_filter(|number| seen.insert(*number)),           // one item at a time, in input order
///     sum(),                                                  // end: one item at a time, in input order
///     in_flight = 64,                                         // at most 64 batches between source and end
/// );
/// assert_eq!((apples, seen.len()), (10, 3));
/// ```
///
/// Results are those of the plain loop, in its order. Types are inferred from the source on; everything may borrow what
/// is around it.
///
/// | stage | its function is given | what goes on |
/// |---|---|---|
/// | `par(f)` | the item | what it returns |
/// | `par_filter(f)` | the item, by `&` | the item, if it returns `true` |
/// | `par_filter_map(f)` | the item | what is in the `Some` it returns, if it is one |
/// | `par_flat_map(f)` | the item | what is in the collection, or comes from the iterator, that it returns |
/// | `serial(f)`, `serial_filter(f)`, `serial_filter_map(f)`, `serial_flat_map(f)` | likewise | likewise |
///
/// | end | value |
/// |---|---|
/// | `collect()` | a `Vec` of all items that come out of the last stage, in order |
/// | `for_each(f)` | `()`; `f` is given each item in order |
/// | `fold(init, f)` | what `f` makes of `init` and the first item, of that and the second, .. |
/// | `sum()` | their sum |
/// | `count()` | how many there are |
///
/// The function of a parallel stage is shared by all threads (`Fn + Sync`). Those of serial stages and of ends have one
/// thread at a time, and may change what they capture (`FnMut + Send`). Each is a closure, a function, or a variable
/// that is one; of an annotated function, the plain one that takes one item.
///
/// ```
/// # use parmap::pipeline;
/// let text = String::from("one two three");
/// let (mut log, mut number) = (Vec::new(), 0);
/// pipeline!(
///     text.split(' '),
///     serial(|word| {
///         number += 1;
///         (number, word)
///     }),
///     par_flat_map(|(number, word)| word.chars().map(move |letter| (number, letter))),
///     par_filter(|(_, letter)| *letter == 'o' || *letter == 't'),
///     for_each(|found| log.push(found)),
/// );
/// assert_eq!((number, log), (3, vec![(1, 'o'), (2, 't'), (2, 'o'), (3, 't')]));
///
/// fn longer(longest: String, word: String) -> String {
///     if word.len() > longest.len() { word } else { longest }
/// }
/// assert_eq!(pipeline!(text.split(' '), par(str::to_uppercase), fold(String::new(), longer)), "THREE");
/// ```
///
/// # What runs where
///
/// Items travel in batches. Whoever is free, the caller or a helper, pulls a batch from the source, one worker at a
/// time and in order, and carries it as far as it can. Neighbouring parallel stages are one: an item goes through all
/// of them at once, and nothing waits in between. At a serial stage a batch waits for those before it, and whoever
/// brought it goes for another; the same at the end. No thread belongs to a stage, and the caller can finish alone: a
/// pipeline that is too small to share, or that finds all threads busy, is the plain loop.
///
/// Make a stage parallel where its function costs something, serial where it must see the items in order or has state.
/// Serial work is the limit: with as much time spent in one serial stage, the source or the end as everywhere else
/// together, two threads are all that can be kept busy. So let parallel stages prepare what the end only adds up.
///
/// # Options of a stage
///
/// They stand behind the function. `f` is given the item, then what `global` and `local` provide, in the order written.
///
/// | option | for | meaning |
/// |---|---|---|
/// | `global = &data` or `global = (&data, 3)` | all stages | what all calls are given |
/// | `local(buf = Vec::new())` | parallel stages | the calls are given their worker's own state, by `&mut` |
/// | `try` | all stages, `for_each`, `fold` | the function returns a `Result` or `Option`, and may end the pipeline |
/// | `processes = 4` | parallel stages | at most so many threads are in this stage at once |
/// | `chunksize = 25` | all stages | batches are multiples of this many items |
///
/// ```
/// # use parmap::pipeline;
/// let table = [10, 20, 30];
/// let sums: Vec<u64> = pipeline!(
///     0..6_usize,
///     par(|i, table: &[u64; 3], seen| { seen.push(i); table[i % 3] }, global = &table, local(seen = Vec::new())),
///     par(|x| x + 1, processes = 2, chunksize = 3),
///     serial(|x, table| x + table[0], global = &table),
///     collect(),
/// );
/// assert_eq!(sums, [21, 31, 41, 21, 31, 41]);
/// ```
///
/// There is no `index`, as stages may drop items: number them in the source, `(0..).zip(items)`, or in a serial stage.
///
/// # Options of the pipeline
///
/// They stand behind the end.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `in_flight = 64` | at most so many batches are between source and end; a constant | eight a worker, at most 256 |
/// | `processes = 4` | at most so many threads work on the pipeline, the caller included; `1`: the plain loop | all cores |
/// | `chunksize = 25` | batches are multiples of this many items | chosen as it runs |
/// | `progress` or `progress = "label"` | a bar on standard error; with parmap's feature `progress` | none |
/// | `engine = threads` | who runs it | threads |
/// | `crate = path` | where parmap lives, for crates that re-export it | `::parmap` |
///
/// `in_flight` bounds the memory: a batch is at most 1,024 items, or one chunk where that is more, as pulled from the
/// source; `flat_map` may make more of them. It bounds the threads as well, as each that works has a batch.
///
/// ```
/// # use parmap::pipeline;
/// const WIDTH: usize = 4;
/// let count = pipeline!(
///     std::iter::successors(Some(1_u64), |x| x.checked_mul(3)),
///     par_filter(|x| x % 2 == 1),
///     count(),
///     in_flight = 2 * WIDTH,
///     processes = WIDTH,
///     chunksize = 8,
/// );
/// assert_eq!(count, 41);
/// ```
///
/// Values are any expression. Each is evaluated once, on the caller's thread, from left to right: the source, of each
/// stage the globals, the function, `chunksize` and `processes`, then what is in the end, then the pipeline's options.
/// Those of `local` are evaluated once a worker, when it comes to its first item.
///
/// # Failures
///
/// With `try` in any stage or in the end, the value is a `Result` or an `Option`. All functions with `try` return the
/// same of the two, with the same error type. The pipeline ends with the failure of the lowest position in the input,
/// whatever ran first, and so does one in which a function panics. The end, and serial stages behind the one that failed,
/// have by then seen exactly the items before the failure, as in the loop; parallel stages, the source, and serial stages
/// before the one that failed may have been ahead by what is in flight.
///
/// ```
/// # use parmap::pipeline;
/// # use std::num::ParseIntError;
/// fn total(lines: &str, seen: &mut Vec<u32>) -> Result<u32, ParseIntError> {
///     pipeline!(
///         lines.lines(),
///         par(|line| line.parse::<u32>(), try),
///         serial(|x| { seen.push(x); x }),
///         sum(),
///     )
/// }
///
/// let mut seen = Vec::new();
/// assert_eq!(total("1\n2", &mut seen), Ok(3));
/// assert!(total("3\n4\nfive\n6\nseven", &mut seen).is_err());
/// assert_eq!(seen, [1, 2, 3, 4]);
/// ```
///
/// # What it cannot do
///
/// - A parallel stage that changes what it captures is refused: make it serial, or keep state in `local`.
///
/// ```compile_fail
/// # use parmap::pipeline;
/// let mut total = 0;
/// pipeline!(0..9, par(|x| total += x), count());
/// ```
///
/// - Items, and what is captured by serial stages and ends, go from thread to thread: they must be [`Send`]. What is
///   captured by parallel stages must be [`Sync`].
/// - A stage is one of those above, written by its name: a variable or a macro cannot stand for one. A source that is a
///   call of a function called as a stage or end, such as `count()`, is written in parentheses.
#[proc_macro]
pub fn pipeline(call: TokenStream) -> TokenStream {
    pipeline::pipeline(call.into()).into()
}
