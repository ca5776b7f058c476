//! What becomes of the results of a call: a vector, nothing, or (in `reduce.rs` and `fold.rs`) one value.

use std::ops::ControlFlow;

use crate::{failure::Failure, work::Run};

/// What becomes of results `V`: shared by the workers of one call.
///
/// Each worker hands its runs over block by block, and keeps a `Part` from the start of a run to its end.
pub trait End<V>: Sync {
    /// What the call makes of the results, if none is a failure.
    type Output;
    /// What is kept for each item until the end of the call; `()` for nothing.
    type Cell: Send;
    /// What a worker has of the run it is at work on.
    type Part: Default;

    /// Whether what is kept is what the call makes its value of.
    const KEEPS: bool = false;
    /// Whether results are taken in input order, so that workers must not run too far ahead of one another.
    const ORDERED: bool = false;

    /// Runs of cheap items had better be multiples of this many, where the call does not say.
    const GRAIN: usize = 1;

    /// Maps the next `count` items of `run` with `each` and takes the results, until one is a failure.
    fn map<T, X, R: Run<Item = T, Cell = Self::Cell>>(
        &self,
        part: &mut Self::Part,
        run: &mut R,
        count: usize,
        failure: &Failure<X>,
        each: impl FnMut(usize, T) -> ControlFlow<X, V>,
    ) -> ControlFlow<X>;

    /// Takes what is left of a run that is done, or was given up. Does not unwind.
    fn finish_run<X>(&self, _part: Self::Part, _failure: &Failure<X>) {}

    /// How many items' results were taken in, counted from the first, if they are taken in order.
    fn settled(&self) -> usize {
        0
    }

    /// Waits until so many were taken, or `woken` is true: for a caller that must not run further ahead.
    fn wait(&self, _until: usize, _woken: impl Fn() -> bool) {}

    /// Wakes a caller that waits, after what makes it `woken`.
    fn wake(&self) {}

    /// The call's value.
    fn output(self, cells: Vec<Self::Cell>) -> Self::Output;
}

/// The results in a vector, in input order.
#[derive(Clone, Copy, Debug)]
pub struct Collect;

/// The results in a vector, in input order.
#[must_use]
pub fn collect() -> Collect {
    Collect
}

impl<V: Send> End<V> for Collect {
    type Output = Vec<V>;
    type Cell = V;
    type Part = ();
    const KEEPS: bool = true;

    #[inline]
    fn map<T, X, R: Run<Item = T, Cell = V>>(
        &self,
        (): &mut (),
        run: &mut R,
        count: usize,
        _failure: &Failure<X>,
        each: impl FnMut(usize, T) -> ControlFlow<X, V>,
    ) -> ControlFlow<X> {
        run.map(count, each)
    }

    fn output(self, cells: Vec<V>) -> Vec<V> {
        cells
    }
}

/// For functions that return nothing.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

/// For functions that return nothing.
#[must_use]
pub fn nothing() -> Nothing {
    Nothing
}

impl End<()> for Nothing {
    type Output = ();
    type Cell = ();
    type Part = ();

    #[inline]
    fn map<T, X, R: Run<Item = T, Cell = ()>>(
        &self,
        (): &mut (),
        run: &mut R,
        count: usize,
        _failure: &Failure<X>,
        each: impl FnMut(usize, T) -> ControlFlow<X, ()>,
    ) -> ControlFlow<X> {
        run.map(count, each)
    }

    fn output(self, _cells: Vec<()>) {}
}
