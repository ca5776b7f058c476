#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[doc(hidden)]
pub use parmap_core::__private;
pub use parmap_core::{Each, OneOrMany, Sections, each, sections};
#[cfg(feature = "rayon")]
pub use parmap_core::{Indexed, indexed};
pub use parmap_macros::parmap;
