//! parmap through its public face, against the plain loop.
#![forbid(unsafe_code)]

mod annotation;
mod collections;
mod counted;
mod failures;
mod folds;
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
mod stable;
mod threads;
mod tries;
mod widths;
