//! parmap through its public face, against the plain loop.
#![forbid(unsafe_code)]
// Closures are tested beside the functions that they call.
#![allow(clippy::redundant_closure)]

mod annotation;
mod cancel;
mod collections;
mod counted;
mod early_ends;
mod failures;
mod folds;
mod in_place;
mod into;
mod locals;
pub mod manners;
mod meeting;
mod nesting;
mod once;
mod options;
mod oracle;
mod pairs;
mod pools;
mod process;
mod settings;
mod stable;
mod steady;
mod threads;
mod tries;
mod verify;
mod widths;
