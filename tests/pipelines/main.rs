//! `pipeline!` through parmap's public face, against the plain chain of iterators.
//!
//! A binary of its own beside `it`, as the many shapes of pipelines take a while to build.
#![forbid(unsafe_code)]
// Of the modules shared with `it` not everything is used here; closures are tested beside functions.
#![allow(dead_code, clippy::redundant_closure)]

mod bounds;
#[path = "../it/counted.rs"]
mod counted;
mod failures;
mod kinds;
#[path = "../it/meeting.rs"]
mod meeting;
mod mixes;
mod nesting;
#[path = "../it/process.rs"]
mod process;
mod settings;
mod sharing;
mod sources;
mod work;
