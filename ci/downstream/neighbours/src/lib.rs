//! Code whose names are those of the expansions, or look as if they might be.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]
#![allow(non_snake_case, mixed_script_confusables, uncommon_codepoints)]

pub mod inside;
pub mod methods;
pub mod names;
