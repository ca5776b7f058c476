//! parmap without its default features: every form still works, and no thread is ever started.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use ::parmap as engine;

#[path = "../../forms.rs"]
pub mod forms;

#[test]
fn every_form_works() {
    forms::run();
}

#[test]
fn the_caller_is_alone() {
    use std::{collections::HashSet, thread, time::Duration};
    let who = |_| {
        thread::sleep(Duration::from_millis(1));
        thread::current().id()
    };
    let threads: HashSet<_> = parmap::par_map!(who, 0..20, processes = 4, chunksize = 1).into_iter().collect();
    assert_eq!(threads, HashSet::from([thread::current().id()]));
}
