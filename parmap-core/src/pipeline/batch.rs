//! A batch: some consecutive items on their way through the stages, carried by one worker at a time.

use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::stage::Apply;
use crate::failure::{Cause, drop_quietly};

/// What failed, and the input position of the item that it failed for.
pub(crate) type Failed<X> = (usize, Cause<X>);

/// Consecutive items, and what came in place of those behind them.
pub struct Batch<T, X> {
    pub(crate) number: usize,
    /// The input position of the first item that was pulled.
    pub(crate) start: usize,
    /// How many were pulled.
    pub(crate) inputs: usize,
    pub(crate) items: Vec<T>,
    /// How far the input of each item lies behind `start`, if that is not its place among the items.
    pub(crate) offsets: Option<Vec<usize>>,
    /// A failure behind all items: the pipeline ends with it, if none of them fails.
    pub(crate) failed: Option<Failed<X>>,
}

/// Drops items that the plain loop would not have made: what their destructors do must change nothing.
fn drop_each<T>(items: impl IntoIterator<Item = T>) {
    // One by one: of two destructors that panic in one vector the second would end the process.
    items.into_iter().for_each(drop_quietly);
}

/// What is left of a batch behind a stage.
pub(crate) struct Passed<T, X> {
    /// `None` if it was given up.
    pub(crate) batch: Option<Batch<T, X>>,
    /// Whether the stage panicked.
    pub(crate) panicked: bool,
}

impl<T, X> Batch<T, X> {
    /// Drops the batch as one whose items are not to be carried on.
    pub(crate) fn give_up(self) {
        drop_each(self.items);
        drop_quietly(self.failed);
    }

    /// Does all items, or those before the first that fails; gives up where `goes_on` says so, which is asked once in
    /// `block` items.
    pub(crate) fn through<A: Apply<In = T, Error = X>>(
        self,
        stage: &mut A,
        block: usize,
        goes_on: impl Fn() -> bool,
    ) -> Passed<A::Out, X> {
        let Batch { number, start, inputs, items, offsets, mut failed } = self;
        let is_sparse = !A::ONE_FOR_ONE || offsets.is_some();
        let mut made = Vec::with_capacity(items.len());
        let mut places = Vec::with_capacity(if is_sparse { items.len() } else { 0 });
        let mut items = items.into_iter();
        // The item that is being done, by its place among the items.
        let mut place = 0;
        let done = catch_unwind(AssertUnwindSafe(|| {
            while items.len() > 0 {
                if !goes_on() {
                    return ControlFlow::Break(None);
                }
                for item in items.by_ref().take(block) {
                    let offset = offsets.as_ref().map_or(place, |offsets| offsets[place]);
                    let mut sink = |out| {
                        made.push(out);
                        if is_sparse {
                            places.push(offset);
                        }
                        ControlFlow::Continue(())
                    };
                    if let ControlFlow::Break(error) = stage.apply(item, &mut sink) {
                        return ControlFlow::Break(Some(error));
                    }
                    place += 1;
                }
            }
            ControlFlow::Continue(())
        }));
        let cause = match done {
            Ok(ControlFlow::Continue(())) => None,
            Ok(ControlFlow::Break(None)) => {
                drop_each(items);
                drop_each(made);
                drop_quietly(failed);
                return Passed { batch: None, panicked: false };
            }
            Ok(ControlFlow::Break(Some(error))) => Some(Cause::Error(error)),
            Err(payload) => Some(Cause::Panic(payload)),
        };
        let panicked = matches!(cause, Some(Cause::Panic(_)));
        if let Some(cause) = cause {
            let offset = offsets.as_ref().map_or(place, |offsets| offsets[place]);
            drop_each(items);
            drop_quietly(failed.replace((start + offset, cause)));
        }
        let offsets = is_sparse.then_some(places);
        Passed { batch: Some(Batch { number, start, inputs, items: made, offsets, failed }), panicked }
    }
}
