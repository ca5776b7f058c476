//! Annotated functions where functions may stand: in functions and closures, in impls of generic types and of
//! traits, in traits.

use parmap::parmap;
use std::fmt::Display;

/// What a trait fixes is called from there.
pub trait Render {
    /// Of many.
    fn render(&self, numbers: &[u32]) -> Vec<String>;
}

/// A generic type, with a lifetime and a constant.
#[derive(Clone, Copy, Debug)]
pub struct Page<'t, T, const WIDTH: usize> {
    /// Before each line.
    pub before: &'t T,
}

impl<T: Display + Sync, const WIDTH: usize> Page<'_, T, WIDTH> {
    /// One line, or many.
    #[parmap(processes = WIDTH)]
    pub fn line(&self, number: u32) -> String {
        /// Annotated, within what is annotated.
        #[parmap(global = width)]
        fn digit(place: usize, width: usize) -> char {
            if place + 1 < width { '0' } else { '#' }
        }
        let digits: String = digit(0..WIDTH, WIDTH).into_iter().collect();
        format!("{}{digits}{number}", self.before)
    }

    /// No method, of an item whose type has all parameters.
    #[parmap]
    #[must_use]
    pub fn width(_page: Self) -> usize {
        WIDTH
    }
}

impl<T: Display + Sync, const WIDTH: usize> Render for Page<'_, T, WIDTH> {
    fn render(&self, numbers: &[u32]) -> Vec<String> {
        #[parmap(global = suffix)]
        fn ended(line: String, suffix: &str) -> String {
            line + suffix
        }
        ended(self.line(numbers), ".")
    }
}

/// A provided method whose types are those of the implementation.
pub trait Doubles: Sync {
    /// What is doubled.
    const BY: u64;
    /// What comes of it.
    type Out: From<u64> + Send;

    /// Doubles.
    #[parmap(chunksize = 2)]
    fn doubled(&self, x: u64) -> Self::Out
    where
        Self: Sized,
    {
        (x * Self::BY).into()
    }
}

impl<T: Sync> Doubles for Option<T> {
    const BY: u64 = 2;
    type Out = u128;
}

/// Calls itself, from within a closure.
#[parmap(reduce = sum)]
pub fn fibonacci(n: u32) -> u64 {
    let before = |by: u32| fibonacci(n - by);
    if n < 2 { n.into() } else { before(1) + before(2) }
}

/// Shared.
pub const TABLE: [u8; 2] = [1, 2];

#[test]
fn functions_may_stand_anywhere() {
    let page = Page::<_, 2> { before: &"p" };
    assert_eq!(page.render(&[1, 2]), ["p0#1.", "p0#2."]);
    assert_eq!((page.line(3), Page::width([page, page])), ("p0#3".into(), vec![2, 2]));
    assert_eq!(Some(0).doubled([1, 2]), [2_u128, 4]);
    assert_eq!((fibonacci(10), fibonacci(0..5)), (55, 7));
    let in_a_closure = |x: u8| {
        #[parmap(global = table)]
        fn at(i: usize, table: &[u8]) -> u8 {
            table[i]
        }
        at([0, 1], &TABLE).iter().sum::<u8>() + x
    };
    assert_eq!(in_a_closure(1), 4);
}
