//! `par_map!` of closures, with and without types.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::{each, par_map};
use std::collections::HashMap;

fn cloned<T: Clone + Send + Sync, const N: usize>(items: &[T; N]) -> Vec<(T, usize)> {
    par_map!(|item| (item.clone(), N), items)
}

fn main() {
    let words = vec!["a".to_owned(), "bcd".to_owned()];
    assert_eq!(par_map!(|word| word.len(), &words), [1, 3]);
    assert_eq!(par_map!(|word: &str| word.len(), &words), [1, 3]);
    assert_eq!(par_map!(|word: String| word.len(), &words), [1, 3]);
    assert_eq!(par_map!(|x| x * x, 0..10).len(), 10);
    let n = 3_usize;
    assert_eq!(par_map!(|x| x * x + n, 0..n).last(), Some(&7));
    assert_eq!(par_map!(move |x| x + n, vec![1, 2]), [4, 5]);
    assert_eq!(par_map!(|&x| x + 1, &vec![1, 2]), [2, 3]);
    let map: HashMap<String, usize> = [("k".to_owned(), 3)].into();
    assert_eq!(par_map!(|(k, v)| k.len() + v, &map), [4]);
    assert_eq!(
        par_map!(
            {
                let m = n;
                move |x: usize| x + m
            },
            each(0..2)
        ),
        [3, 4]
    );
    let parsed: Vec<f64> = par_map!(|word| word.parse().unwrap_or_default(), ["1.5", "x"]);
    assert_eq!(parsed, [1.5, 0.0]);
    let borrowed: Vec<&str> = par_map!(|word| &word[..1], &words);
    assert_eq!(borrowed, ["a", "b"]);
    let mut cells = vec![1, 2];
    par_map!(|x| *x += 1, &mut cells);
    par_map!(|x| x.clone_from(&7), &mut cells);
    assert_eq!((cells, cloned(&['a'])), (vec![7, 7], vec![('a', 1)]));
}
