//! A call site: where in the user's source a call stands, what it asks for, and what earlier calls taught about it.

use std::{cell::Cell, fmt, panic::Location, sync::atomic::AtomicU32 as Seed};

#[cfg(feature = "progress")]
use crate::progress::Progress;
use crate::{
    pace::{Pace, remembered},
    schedule::Memory,
    settings::Orders,
    sync::whole::{AtomicBool, AtomicU32, Ordering},
};

/// One annotated function. Every generated driver owns a static one.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    place: &'static Location<'static>,
    /// Nanoseconds an item, as the bits of an `f32`; 0.0 until a call measured it.
    ///
    /// Memory ordering: `Relaxed`. A stale or lost value costs one wrong guess.
    item_ns: AtomicU32,
    /// Whether some items of the last call were far dearer than most.
    ///
    /// Memory ordering: `Relaxed`, likewise.
    uneven: AtomicBool,
}

impl Site {
    /// A site at the place of this call.
    #[track_caller]
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Site { name, place: Location::caller(), item_ns: AtomicU32::new(0), uneven: AtomicBool::new(false) }
    }

    /// This site as one that remembers something else.
    #[cfg(all(test, shuttle))]
    pub(crate) fn remembering(&self, item_ns: f32, uneven: bool) -> Site {
        let (name, place) = (self.name, self.place);
        Site { name, place, item_ns: AtomicU32::new(item_ns.to_bits()), uneven: AtomicBool::new(uneven) }
    }

    /// Nanoseconds an item in the calls before, if there were any.
    #[inline]
    pub(crate) fn item_ns(&self) -> Option<f32> {
        let item_ns = f32::from_bits(self.item_ns.load(Ordering::Relaxed));
        (item_ns > 0.0).then_some(item_ns)
    }

    /// What the site remembers.
    #[inline]
    pub(crate) fn memory(&self) -> Memory {
        Memory { item_ns: self.item_ns(), uneven: self.uneven.load(Ordering::Relaxed) }
    }

    /// Learns from what the workers of a call saw, if anything.
    pub(crate) fn learn(&self, seen: &Pace) {
        if seen.items() == 0 {
            return;
        }
        let Some(item_ns) = remembered(self.item_ns(), seen) else { return };
        if self.memory().uneven != seen.is_uneven() {
            self.uneven.store(seen.is_uneven(), Ordering::Relaxed);
        }
        // Calls that stay what they were leave the cache line alone, which other threads may be reading.
        if self.item_ns.load(Ordering::Relaxed) != item_ns.to_bits() {
            self.item_ns.store(item_ns.to_bits(), Ordering::Relaxed);
        }
    }
}

/// Whether a call is one of the few that read the clock where they could do without it: about one in sixteen, by chance, so
/// that no pattern of calls keeps a site from learning.
pub(crate) fn is_sampled() -> bool {
    /// What the next thread begins with. Memory ordering: `Relaxed`, as any number will do.
    static SEED: Seed = Seed::new(0x9E37_79B9);
    thread_local! {
        /// 0 until the thread has a seed.
        static DRAWN: Cell<u32> = const { Cell::new(0) };
    }
    let draw = |drawn: &Cell<u32>| {
        if drawn.get() == 0 {
            drawn.set(SEED.fetch_add(0x9E37_79B9, Ordering::Relaxed));
        }
        // A linear congruential generator, with the constants of Numerical Recipes; its upper bits are the good ones.
        drawn.set(drawn.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        drawn.get() >> 28 == 0
    };
    #[cfg(all(test, shuttle))]
    return crate::whole_calls::chance(2);
    #[cfg(not(all(test, shuttle)))]
    DRAWN.try_with(draw).unwrap_or(true)
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.name, self.place.file(), self.place.line())
    }
}

/// What a call asks for.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) site: &'static Site,
    pub(crate) orders: Orders,
    #[cfg(feature = "progress")]
    pub(crate) progress: Option<Progress>,
}

impl Options {
    /// The defaults, for a call at this site.
    #[inline]
    #[must_use]
    pub fn new(site: &'static Site) -> Self {
        #[cfg(all(test, shuttle))]
        let site = crate::whole_calls::remembering(site);
        Options {
            site,
            orders: Orders::default(),
            #[cfg(feature = "progress")]
            progress: None,
        }
    }

    /// Items are handed out in multiples of this many; 0 for a size chosen as the call runs.
    #[inline]
    #[must_use]
    pub fn chunksize(mut self, items: usize) -> Self {
        self.orders.chunksize = items;
        self
    }

    /// At most this many threads work on the call, the caller included; 0 for all cores.
    #[inline]
    #[must_use]
    pub fn processes(mut self, threads: usize) -> Self {
        self.orders.processes = threads;
        self
    }

    /// A bar on standard error shows how many items are done.
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress(mut self, label: impl fmt::Display) -> Self {
        self.progress = Some(Progress::new(&label.to_string()));
        self
    }

    /// Whether somebody looks at how many items are done.
    pub(crate) fn is_watched(&self) -> bool {
        #[cfg(feature = "progress")]
        return self.progress.is_some();
        #[cfg(not(feature = "progress"))]
        false
    }

    /// Shows that so many more items are done.
    pub(crate) fn count(&self, _items: usize) {
        #[cfg(feature = "progress")]
        if let Some(progress) = &self.progress {
            progress.add(_items);
        }
    }

    /// What the call is to do, now that stronger settings were looked at.
    #[inline]
    pub(crate) fn under_orders(mut self) -> Self {
        self.orders = Orders::of_call(self.orders.processes, self.orders.chunksize);
        self
    }
}
