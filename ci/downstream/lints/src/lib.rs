//! Code in which an annotation adds no lint of any kind: `compare.py` counts what clippy and the compiler say with and
//! without the feature `annotated`, with every lint on that they have.

pub mod calls;
pub mod functions;
