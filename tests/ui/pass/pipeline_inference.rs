//! Types that are told by what a `pipeline!` is used for, by a closure further on, or by its source.
#![deny(warnings)]
use parmap::pipeline;
use std::{collections::HashSet, hash::Hash, iter};

struct Held<'h>(&'h str);

impl<'h> Held<'h> {
    fn parts(&self) -> impl Iterator<Item = &'h str> + Send + use<'h> {
        self.0.split(' ')
    }
}

fn unique<T: Hash + Eq + Clone + Send + Sync>(items: &[T]) -> Vec<T> {
    let mut seen = HashSet::new();
    pipeline!(items.iter().cloned(), serial_filter(|item| seen.insert(item.clone())), par(|item| item), collect())
}

fn boxed(words: Box<dyn Iterator<Item = String> + Send + '_>) -> Result<u64, std::num::ParseIntError> {
    let numbers: Vec<u64> = pipeline!(words, par(|word| word.parse(), try), collect())?;
    Ok(numbers.iter().sum())
}

fn main() {
    let (held, n) = (Held("1 2 2"), 1);
    let numbers: Vec<u32> = pipeline!(held.parts(), par(|part| part.parse().unwrap()), collect());
    let more = pipeline!(held.parts(), par(|part| part.parse().unwrap()), par(|x: u32| x + n), collect());
    assert_eq!((unique(&numbers), more), (vec![1, 2], vec![2, 3, 3]));
    let mut twice = Vec::new();
    let sum: u8 = pipeline!(
        (0..4).map(|x| x + n).filter(|x| *x > n),
        par(|x, seen| { seen.insert(x); seen.len() as u32 + x }, local(seen = HashSet::new())),
        serial(|x| { twice.push(x); x.try_into().unwrap() }),
        par(|x| x),
        sum(),
        processes = 1
    );
    assert_eq!((sum, twice), (15, vec![3, 5, 7]));
    assert_eq!(boxed(Box::new(held.parts().map(str::to_owned))), Ok(5));
    let folded: String = pipeline!(iter::repeat_n('a', 3), fold(Default::default(), |text: String, c| text + &c.to_string()));
    let nothing: Vec<u8> = pipeline!(iter::empty(), par(|x| x), collect());
    let first: Vec<&str> = pipeline!(held.parts(), par(|part, seen| { seen.push(part); seen[0] }, local(seen = vec![])), collect());
    assert_eq!((&folded[..], nothing.len(), first.len()), ("aaa", 0, 3));
}
