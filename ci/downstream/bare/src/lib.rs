//! Neither prelude nor standard library: what an expansion names it has to reach through parmap or `core`.
#![no_std]
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

pub use ::parmap as engine;

#[path = "../../forms.rs"]
pub mod forms;
