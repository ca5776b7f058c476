//! The rows: those of DESIGN section 6, and the workloads beside them.

pub(crate) mod pipelines;

use std::time::Duration;

use crate::report::Findings;

/// A row that can be asked for.
pub(crate) struct Row {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Measures it, with about so long for each contest. Leaves the name and the title to its caller.
    pub(crate) run: fn(Duration) -> Findings,
}

const fn row(name: &'static str, title: &'static str, run: fn(Duration) -> Findings) -> Row {
    Row { name, title, run }
}

/// All rows, in the order in which they are run.
pub(crate) const ROWS: &[Row] = &[row("9", "pipelines", pipelines::run)];
