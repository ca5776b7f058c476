//! Every option of the attribute, on functions and methods.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

type Outcome<T> = Result<T, String>;

#[parmap(global = data, index = i, local(buf = Vec::new(), calls = 0_u32), chunksize = 2, processes = data.len(), try)]
fn scaled(x: u64, data: &[u64], i: usize, buf: &mut Vec<u64>, calls: &mut u32) -> Outcome<u64> {
    buf.push(x);
    *calls += 1;
    data.get(i).map(|factor| factor * x).ok_or_else(|| format!("no factor {i}"))
}

#[parmap(reduce = sum)]
fn total(x: u64) -> u64 {
    x
}

#[parmap(reduce = max, try)]
fn largest(x: &str) -> Option<u8> {
    x.parse().ok()
}

#[parmap(reduce = (String::new(), |a, b| a + &b))]
fn joined(x: u8) -> String {
    x.to_string()
}

#[parmap(global = separator, fold = (String::new(), |acc: String, x| acc + x + separator))]
fn folded<'a>(x: &'a str, separator: &str) -> &'a str {
    let _ = separator;
    x.trim()
}

#[parmap(index = _i, local(_buf = ()))]
fn normalize(row: &mut [f64], _i: usize, _buf: &mut ()) {
    let total: f64 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= total);
}

struct Table<T>(Vec<T>);

impl<T: Clone + Send + Sync> Table<T> {
    #[parmap(index = i, local(seen = Vec::<T>::new()), reduce = (0, |a, b| a + b), processes = self.0.len())]
    fn places(&self, place: usize, i: usize, seen: &mut Vec<T>) -> usize {
        seen.push(self.0[place].clone());
        place * i
    }
}

fn main() {
    assert_eq!(scaled([1, 2, 3], &[4, 5, 6]), Ok(vec![4, 10, 18]));
    assert_eq!(scaled([1, 2, 3], &[4, 5]), Err("no factor 2".to_owned()));
    assert_eq!(scaled(1, &[4, 5]), Ok(4));
    assert_eq!((total([1, 2, 3]), total(7)), (6, 7));
    assert_eq!((largest(["1", "3"]), largest(["1", "x"]), largest("2")), (Some(Some(3)), None, Some(2)));
    assert_eq!(joined([1, 2, 3]), "123");
    assert_eq!(folded(["a ", "b"], "."), "a.b.");
    let mut cells = [1.0, 3.0, 2.0, 2.0];
    normalize(cells.chunks_mut(2));
    assert_eq!(cells, [0.25, 0.75, 0.5, 0.5]);
    assert_eq!(Table(vec!['a', 'b', 'c']).places([1, 2]), 2);
}
