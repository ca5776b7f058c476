//! Items and results from which bounds follow that nobody writes, such as `T: 'a` from `&'a T`.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;
use std::{borrow::Cow, fmt::Debug};

#[parmap]
fn show<T: Debug + Sync>(x: &T) -> String {
    format!("{x:?}")
}

#[parmap]
fn first<T: Sync>(row: &[T]) -> Option<&T> {
    row.first()
}

#[parmap]
fn reset<T: Default + Send>(x: &mut T) {
    *x = T::default();
}

#[parmap]
fn length<T: Clone + Send + Sync>(row: Cow<'_, [T]>) -> usize {
    row.len()
}

struct View<'a, T>(&'a [T]);

impl<'a, T: Send + Sync> View<'a, T> {
    #[parmap]
    fn at(&self, i: usize) -> &'a T {
        &self.0[i]
    }

    #[parmap]
    fn same(view: &Self) -> &Self {
        view
    }
}

#[parmap]
fn rows<'a, 'b>(view: &'a View<'b, u8>) -> &'a &'b [u8] {
    &view.0
}

fn main() {
    assert_eq!(show(&1), "1");
    assert_eq!(first::<u8, _>(&vec![vec![1], vec![2]]), [Some(&1), Some(&2)]);
    let mut xs = [1, 2];
    reset::<u8, _>(&mut xs);
    assert_eq!(length::<u8, _>(vec![Cow::from(&xs[..])]), [2]);
    let view = View(&xs);
    assert_eq!(view.at(0..2), [&0, &0]);
    assert_eq!(View::same(&view).0, *rows(&view));
}
