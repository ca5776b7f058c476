//! Ordinary functions made parallel by annotation alone.
#![forbid(unsafe_code)]

pub use parmap_core::*;
