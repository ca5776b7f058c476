//! The engine of parmap: one call's items, shared by its caller and whoever helps.
//!
//! Use the crate `parmap`, which re-exports what is public here. ARCHITECTURE.md tells how a call runs.

mod call;
mod collections;
mod each;
mod failure;
#[allow(unsafe_code)]
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody comes to the gate.
mod gate;
#[cfg(feature = "rayon")]
mod indexed;
mod one_or_many;
#[cfg(feature = "rayon")]
mod requests;
mod returns;
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody's price is measured.
mod schedule;
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody is asked.
mod scoped_pool;
mod site;
#[allow(unsafe_code)]
mod slots;
mod sources;
mod sync;

#[cfg(all(test, loom))]
#[allow(unsafe_code)]
mod models;

pub use each::{Each, each};
#[cfg(feature = "rayon")]
pub use indexed::{Indexed, indexed};
pub use one_or_many::OneOrMany;
pub use sources::{Sections, sections};

/// What expansions of the macros use. Not for use by hand, and free to change in any release.
#[doc(hidden)]
pub mod __private {
    pub use crate::site::{Options, Site};
}
