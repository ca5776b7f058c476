//! parmap through its public face, against the plain loop.
#![forbid(unsafe_code)]

mod annotation;
mod collections;
mod failures;
pub mod manners;
mod nesting;
mod once;
mod pools;
mod threads;
mod widths;
