//! How the items of a collection come to a call.

use crate::{
    call,
    failure::Stopped,
    pace::Pace,
    site::Options,
    slots::{Onto, Slots, Source, Whole},
    work::Work,
};

/// A collection's items, as a driver takes them.
pub trait Supply: Sized {
    /// What is supplied.
    type Item;
    /// The same items, each with a place of its own.
    type Onto<'p, V: Send + 'p>: Supply<Item = (Self::Item, &'p mut V)>;

    /// How many items there are, if that is known.
    fn len(&self) -> Option<usize>;

    /// Runs a call over all items; what `work` keeps of them is in their order.
    fn run<W: Work<Self::Item>>(self, options: &Options, work: &W) -> Result<Vec<W::Cell>, Stopped<W::Error>>;

    /// Gives each item the place at its position; there are as many places as items.
    fn onto<V: Send>(self, places: &mut [V]) -> Self::Onto<'_, V>;
}

/// Items that are handed out by position.
pub(crate) struct ByPosition<S: Source>(Whole<S>);

impl<S: Source> ByPosition<S> {
    pub(crate) fn new(source: S) -> Self {
        ByPosition(Whole::new(source))
    }
}

impl<S: Source> Supply for ByPosition<S> {
    type Item = S::Item;
    type Onto<'p, V: Send + 'p> = ByPosition<Onto<'p, S, V>>;

    fn len(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn run<W: Work<S::Item>>(self, options: &Options, work: &W) -> Result<Vec<W::Cell>, Stopped<W::Error>> {
        let slots = Slots::new(self.0.into_source());
        match call::run(&slots, options, Pace::guess(options.site.item_ns()), work, work.begin()) {
            Ok(()) => Ok(slots.finish().expect("a call that did not end early has mapped every item")),
            Err(stopped) => Err(stopped.without(slots)),
        }
    }

    fn onto<V: Send>(self, places: &mut [V]) -> Self::Onto<'_, V> {
        ByPosition::new(Onto::new(self.0.into_source(), places))
    }
}
