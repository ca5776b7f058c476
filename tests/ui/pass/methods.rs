//! Methods with `&self`, associated functions, `Self`, generic and unsized types, any visibility.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

/// Rows.
pub struct Table<T>(Vec<Vec<T>>);

impl<T: Copy + Into<f64> + Send + Sync> Table<T> {
    /// Adds up a row.
    #[parmap(processes = self.0.len())]
    pub fn row_sum(&self, row: usize) -> f64 {
        self.0[row].iter().map(|&x| x.into()).sum()
    }

    #[parmap(global = scale)]
    #[allow(clippy::needless_arbitrary_self_type)]
    pub(crate) fn scaled(self: &Self, row: usize, scale: f64) -> f64 {
        self.row_sum(row) * scale
    }

    #[parmap]
    fn single(row: Vec<T>) -> Self {
        Self(vec![row])
    }
}

struct Bytes([u8]);

impl Bytes {
    #[parmap]
    fn at(&self, i: usize) -> u8 {
        self.0[i]
    }
}

trait Named: Sync {
    fn name(&self) -> &str;
}

impl dyn Named {
    #[parmap]
    fn letter(&self, i: usize) -> u8 {
        self.name().as_bytes()[i]
    }
}

impl Named for String {
    fn name(&self) -> &str {
        self
    }
}

fn main() {
    let table = Table(vec![vec![1_u8, 2], vec![3]]);
    assert_eq!(table.row_sum(0..2), [3.0, 3.0]);
    assert_eq!(table.scaled([1, 0], 2.0), [6.0, 6.0]);
    assert_eq!(Table::<u8>::single(vec![vec![5]])[0].row_sum(0), 5.0);
    let _ = |bytes: &Bytes| bytes.at(0..2);
    assert_eq!((&String::from("ab") as &dyn Named).letter(0..2), *b"ab");
}
