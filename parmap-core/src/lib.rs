//! The engine of parmap: one call's items, shared by its caller and whoever helps.
//!
//! Use the crate `parmap`, which re-exports what is public here. ARCHITECTURE.md tells how a call runs.

mod alone;
mod bell;
mod call;
mod cancel;
mod collections;
mod drive;
mod each;
mod end;
mod failure;
mod fold;
#[allow(unsafe_code)]
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody comes to the gate.
mod gate;
#[cfg(feature = "rayon")]
mod indexed;
mod infer;
mod locals;
// Without threads no call wants help.
#[cfg_attr(not(feature = "rayon"), allow(dead_code))]
mod nested;
mod one_or_many;
mod pace;
mod pipeline;
#[cfg(all(feature = "rayon", not(all(test, shuttle))))]
mod pools;
#[cfg(feature = "progress")]
mod progress;
mod reduce;
#[cfg(feature = "rayon")]
mod requests;
mod returns;
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody's price is measured.
mod schedule;
#[cfg_attr(not(feature = "rayon"), allow(dead_code))] // Nobody is asked.
mod scoped_pool;
mod settings;
mod shuffle;
mod site;
#[allow(unsafe_code)]
mod slots;
mod sources;
mod supply;
mod sync;
mod tried;
mod verify;
mod work;

#[cfg(all(test, shuttle))]
mod whole_calls;
#[cfg(all(test, shuttle))]
use whole_calls as pools;

#[cfg(all(test, loom))]
#[allow(unsafe_code)]
mod models;

#[cfg(all(test, not(any(loom, shuttle))))]
mod bare_threads;

pub use cancel::{CancelToken, Cancelled};
pub use each::{Each, each};
#[cfg(feature = "rayon")]
pub use indexed::{Indexed, indexed};
pub use one_or_many::OneOrMany;
pub use settings::{Settings, with};
pub use sources::{Sections, sections};
pub use verify::{Verified, verify};

/// What expansions of the macros use. Not for use by hand, and free to change in any release.
#[doc(hidden)]
pub mod __private {
    pub use std::{option::Option, vec::Vec};

    pub use crate::{
        drive::{Drive, drive, drive_into, drive_many},
        end::{collect, nothing},
        fold::fold,
        infer::{
            Collection, Hint, InfersItem, Many, PrefersCloned, PrefersNatural, any, body, candidate, natural,
            plain_values, settle, shared, tried_values, values,
        },
        reduce::{max, min, product, reduce, sum},
        site::{Options, Site},
        tried::{Plain, Tried, tries},
    };

    /// What `pipeline!` puts together.
    pub mod pipeline {
        pub use crate::pipeline::*;
    }
}
