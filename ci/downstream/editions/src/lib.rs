//! One source in each edition: an expansion is in the edition of parmap, what the user wrote in the user's.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, rust_2018_idioms)]

use std::sync::Mutex;

use parmap::parmap;

pub use ::parmap as engine;

#[path = "../../forms.rs"]
pub mod forms;

#[cfg(feature = "gen-is-a-name")]
pub mod names;

/// Notes what is dropped, in order.
#[derive(Debug, Default)]
pub struct Drops(Mutex<Vec<&'static str>>);

impl Drops {
    fn note(&self, name: &'static str) -> Noted<'_> {
        Noted(self, name)
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Noted<'d>(&'d Drops, &'static str);

impl Noted<'_> {
    fn weigh(&self, x: usize) -> usize {
        x + self.1.len()
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        (self.0).0.lock().unwrap().push(self.1);
    }
}

/// Drops a variable, and what its last expression makes.
pub fn plain(x: usize, drops: &Drops) -> usize {
    let _variable = drops.note("variable");
    drops.note("temporary").weigh(x)
}

/// The same.
#[parmap(global = drops)]
pub fn annotated(x: usize, drops: &Drops) -> usize {
    let _variable = drops.note("variable");
    drops.note("temporary").weigh(x)
}

/// The same, with its item's position.
#[parmap(global = drops, index = i)]
pub fn placed(x: usize, drops: &Drops, i: usize) -> usize {
    let _variable = drops.note("variable");
    drops.note("temporary").weigh(x - i)
}

/// The same, with a worker's state, and where no lint looks into.
#[parmap(global = drops, local(calls = 0))]
pub fn counted(x: usize, drops: &Drops, calls: &mut usize) -> usize {
    #![allow(clippy::all)]
    *calls += 1;
    let _variable = drops.note("variable");
    drops.note("temporary").weigh(x)
}

impl Drops {
    /// The same, as a method.
    #[parmap]
    pub fn method(&self, x: usize) -> usize {
        let _variable = self.note("variable");
        self.note("temporary").weigh(x)
    }
}

#[test]
fn every_form_works() {
    forms::run();
}

#[test]
fn what_a_body_drops_it_drops_in_the_order_of_its_edition() {
    let drops = Drops::default();
    assert_eq!(plain(1, &drops), 10);
    let expected = drops.take();
    assert_eq!((annotated(1, &drops), drops.take()), (10, expected.clone()));
    assert_eq!((annotated([1], &drops), drops.take()), (vec![10], expected.clone()));
    assert_eq!((drops.method(1), drops.take()), (10, expected.clone()));
    assert_eq!((placed(1, &drops), drops.take()), (10, expected.clone()));
    assert_eq!((placed([1], &drops), drops.take()), (vec![10], expected.clone()));
    assert_eq!((counted(1, &drops), drops.take()), (10, expected.clone()));
    assert_eq!((counted([1], &drops), drops.take()), (vec![10], expected.clone()));
    let mapped = parmap::par_map!(
        |x: usize| {
            let _variable = drops.note("variable");
            drops.note("temporary").weigh(x)
        },
        [1]
    );
    assert_eq!((mapped, drops.take()), (vec![10], expected));
}
