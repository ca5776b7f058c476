//! Functions of every shape, annotated: one item gives what the function gave, many give the loop's results.

use std::{collections::HashMap, fmt::Debug, ops::Range};

use parmap::{parmap, sections};

/// The seed's function, at a small size.
#[parmap(global = data, chunksize = 25, processes = 4)]
fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
    data[section].iter().sum()
}

#[test]
fn the_seeds_function() {
    let data: Vec<f64> = (0..1_000).map(|i| 1.0 / f64::from(i + 1)).collect();
    let expected: Vec<f64> = sections(1_000, 10).map(|section| data[section].iter().sum()).collect();
    assert_eq!(section_sum(sections(1_000, 10), &data), expected);
    assert_eq!(section_sum(sections(1_000, 10).collect::<Vec<_>>(), &data), expected);
    assert_eq!(section_sum(0..10, &data), expected[0]);
    assert_eq!(sections(1_000, 10).map(|section| section_sum(section, &data)).collect::<Vec<_>>(), expected);
}

#[parmap(global = (table, missing))]
fn look_up<'t, K, const N: usize>(key: &K, table: &'t [(K, String); N], missing: &'t str) -> &'t str
where
    K: Eq + Sync,
{
    for (candidate, value) in table {
        if candidate == key {
            return value;
        }
    }
    missing
}

#[test]
fn generics_where_clauses_const_generics_and_lifetimes() {
    let table = [(1, "one".to_owned()), (2, "two".to_owned())];
    assert_eq!(look_up(&2, &table, "none"), "two");
    assert_eq!(look_up(&[1, 5, 2], &table, "none"), ["one", "none", "two"]);
}

#[parmap(global = prefix)]
fn strip(line: &str, prefix: char) -> Option<&str> {
    let rest = line.strip_prefix(prefix)?;
    Some(rest.trim())
}

#[test]
fn elided_lifetimes_and_the_question_mark() {
    let lines: Vec<String> = ["#  a ", "b", "#c"].map(String::from).into();
    assert_eq!(strip(&lines, '#'), [Some("a"), None, Some("c")]);
    assert_eq!(strip("# d", '#'), Some("d"));
}

#[parmap]
fn swap(&mut (ref mut a, ref mut b): &mut (u32, u32)) -> u32 {
    std::mem::swap(a, b);
    *a + *b
}

#[parmap]
fn countdown(mut n: u32) -> Vec<u32> {
    let mut all = Vec::new();
    while n > 0 {
        all.push(n);
        n -= 1;
    }
    all
}

#[test]
fn patterns_as_parameters() {
    let mut pairs = [(1, 2), (3, 4)];
    assert_eq!(swap(&mut pairs), [3, 7]);
    assert_eq!(pairs, [(2, 1), (4, 3)]);
    assert_eq!(countdown(2), [2, 1]);
    assert_eq!(countdown(0..3), [vec![], vec![1], vec![2, 1]]);
}

#[parmap(processes = 2)]
fn fibonacci(n: u64) -> u64 {
    if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

#[parmap(global = r#match)]
fn r#type(r#in: i32, r#match: &i32) -> bool {
    r#in == *r#match
}

#[test]
fn recursion_and_raw_identifiers() {
    assert_eq!(fibonacci(0..15), [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377]);
    assert_eq!(r#type(0..3, &1), [false, true, false]);
}

struct Index<T> {
    places: HashMap<T, usize>,
    threads: usize,
}

impl<T: std::hash::Hash + Eq + Sync + Debug> Index<T> {
    /// Options may mention `self`.
    #[parmap(processes = self.threads)]
    fn place(&self, key: &T) -> Result<usize, String> {
        let place = self.places.get(key).ok_or_else(|| format!("no {key:?}"))?;
        Ok(place + self.offset())
    }

    fn offset(&self) -> usize {
        100
    }

    #[parmap(global = by)]
    fn names(&self, number: usize, by: &HashMap<usize, String>) -> Option<&T> {
        let name = by.get(&number)?;
        self.places.keys().find(|key| format!("{key:?}") == *name)
    }
}

impl Index<u8> {
    #[parmap]
    pub(crate) fn made(size: usize) -> Option<Self> {
        (size > 0).then(|| Index { places: HashMap::new(), threads: size })
    }
}

#[test]
fn methods() {
    let index = Index { places: HashMap::from([("a", 1), ("b", 2)]), threads: 3 };
    assert_eq!(index.place(&"b"), Ok(102));
    assert_eq!(index.place(&["a", "c"]), [Ok(101), Err("no \"c\"".to_owned())]);
    let by = HashMap::from([(7, "\"a\"".to_owned())]);
    assert_eq!(index.names(0..9, &by).iter().flatten().collect::<Vec<_>>(), [&&"a"]);
    let made: Vec<Option<Index<u8>>> = Index::made(0..3);
    assert_eq!(made.iter().flatten().map(|index| index.threads).collect::<Vec<_>>(), [1, 2]);
}

#[parmap(global = (f, threads), processes = *threads + 1, chunksize = threads.pow(2))]
#[must_use]
#[inline]
fn apply(x: f64, f: &(dyn Fn(f64) -> f64 + Sync), threads: &usize) -> f64 {
    let _ = threads;
    f(x)
}

#[test]
fn options_are_expressions_over_the_other_parameters() {
    assert_eq!(apply(vec![1.0, 4.0, 9.0], &f64::sqrt, &3), [1.0, 2.0, 3.0]);
}

#[test]
fn options_are_not_evaluated_for_one_item() {
    #[parmap(processes = panic!("evaluated"))]
    #[allow(unreachable_code)]
    fn same(x: u32) -> u32 {
        x
    }
    assert_eq!(same(4), 4);
    std::panic::catch_unwind(|| same(0..4)).unwrap_err();
}
