#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[doc(hidden)]
pub use parmap_core::__private;
pub use parmap_core::{
    CancelToken, Cancelled, Each, OneOrMany, Sections, Settings, Verified, each, sections, verify, with,
};
#[cfg(feature = "rayon")]
pub use parmap_core::{Indexed, indexed};
pub use parmap_macros::{par_map, parmap, pipeline};

/// Coming from python_parmap, `multiprocessing`, joblib, rayon or OpenMP.
///
#[doc = include_str!("../docs/migrating.md")]
#[cfg(feature = "rayon")]
pub mod migrating {}

/// How `pipeline!` runs, how to write one, and how it compares.
///
#[doc = include_str!("../docs/pipelines.md")]
pub mod pipelines {}
