//! Ordinary functions made parallel by annotation alone.
#![forbid(unsafe_code)]

pub use parmap_core::*;
pub use parmap_macros::parmap;

#[doc(hidden)]
pub use parmap_core::__private;
