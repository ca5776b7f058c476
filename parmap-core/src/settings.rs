//! What calls are told from outside: by the environment, or by [`with`] around them.
//!
//! The one place that knows which source of a setting is the stronger. What the settings mean is for the engine.

use std::{
    cell::RefCell,
    env,
    sync::{Arc, OnceLock},
    time::Instant,
};

use crate::{
    cancel::{CancelToken, Stop},
    failure::report,
    sync::whole::thread_local,
};

/// What [`with`] tells the calls inside it.
///
/// A setting that is not made leaves the matter to whoever is weaker. Strongest first: the environment
/// (`PARMAP_PROCESSES`, `PARMAP_CHUNKSIZE`, `PARMAP_SCHEDULE=shuffle:SEED`), the innermost [`with`], those around it, the
/// options of the attribute or macro, the default.
///
/// ```
/// use parmap::{Settings, parmap};
///
/// #[parmap(processes = 8)]
/// fn thread(_item: u32) -> std::thread::ThreadId {
///     std::thread::current().id()
/// }
///
/// let here = std::thread::current().id();
/// let threads = parmap::with(Settings::new().processes(1), || thread(0..100));
/// assert_eq!(threads, [here; 100]);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Settings {
    processes: usize,
    chunksize: usize,
    shuffle: Option<u64>,
    stop: Stop,
}

impl Settings {
    /// Settings that say nothing.
    pub fn new() -> Self {
        Settings::default()
    }

    /// At most this many threads work on a call, its caller included; 1 is the plain loop. 0 says nothing.
    pub fn processes(mut self, threads: usize) -> Self {
        self.processes = threads;
        self
    }

    /// Items are handed out in multiples of this many. 0 says nothing.
    pub fn chunksize(mut self, items: usize) -> Self {
        self.chunksize = items;
        self
    }

    /// Hands chunks out in a random order that `seed` decides, to flush out functions that secretly depend on the order.
    ///
    /// With `processes(1)` the order is the same each time. It concerns which item is started when; results stay in input
    /// order. For tests: in this order a call is slower.
    ///
    /// ```
    /// use parmap::{Settings, parmap};
    /// use std::sync::Mutex;
    ///
    /// #[parmap(global = seen)]
    /// fn visit(x: u32, seen: &Mutex<Vec<u32>>) -> u32 {
    ///     seen.lock().unwrap().push(x);
    ///     x
    /// }
    ///
    /// let seen = Mutex::new(Vec::new());
    /// let results = parmap::with(Settings::new().processes(1).shuffle(7), || visit(0..100, &seen));
    /// assert!(results.into_iter().eq(0..100));
    /// assert_ne!(seen.into_inner().unwrap(), (0..100).collect::<Vec<_>>());
    /// ```
    pub fn shuffle(mut self, seed: u64) -> Self {
        self.shuffle = Some(seed);
        self
    }

    /// Stops calls once `token` is cancelled. Several tokens can be given, inside one another too; each stops the calls.
    ///
    /// A call that is stopped starts no further item (but for what its workers take up in the microseconds before they
    /// look), waits for those that are running, and then returns `Cancelled` as its error if it has `try` and an error type
    /// that is `From<Cancelled>`; any other call panics with [`Cancelled`](crate::Cancelled) as the payload. A call whose
    /// items were all started by then just returns; of an iterator that does not say how long it is, if it has ended. In
    /// a pipeline all items have to be in their last stage by then, and those between stages go no further.
    ///
    /// See [`CancelToken`] for an example.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.stop.tokens.push(token.clone());
        self
    }

    /// Stops calls at `instant`, as [`cancel`](Self::cancel) does. Of several deadlines the earliest holds.
    ///
    /// See [`Cancelled`](crate::Cancelled) for an example.
    pub fn deadline(mut self, instant: Instant) -> Self {
        self.stop.deadline = Some(self.stop.deadline.map_or(instant, |earlier| earlier.min(instant)));
        self
    }

    /// These settings inside `outer` ones.
    fn inside(mut self, outer: &Settings) -> Self {
        self.processes = stronger(self.processes, outer.processes);
        self.chunksize = stronger(self.chunksize, outer.chunksize);
        self.shuffle = self.shuffle.or(outer.shuffle);
        self.stop.tokens.extend(outer.stop.tokens.iter().cloned());
        self.stop.deadline = self.stop.deadline.into_iter().chain(outer.stop.deadline).min();
        self
    }
}

/// Runs `body`; the calls it makes, and those that their items make in turn, go by `settings`.
///
/// That is, calls made on this thread, and by items wherever they run. What rayon runs on this thread while `body` waits
/// for rayon (in `join`, say) goes by them too, and what rayon runs of `body` elsewhere does not.
///
/// ```
/// use parmap::{Settings, parmap};
///
/// #[parmap]
/// fn square(x: u64) -> u64 {
///     x * x
/// }
///
/// let squares = parmap::with(Settings::new().processes(2).chunksize(10), || square(0..100));
/// assert_eq!(squares[99], 9801);
/// ```
pub fn with<T>(settings: Settings, body: impl FnOnce() -> T) -> T {
    let outer = current();
    let settings = match &outer {
        Some(outer) => settings.inside(outer),
        None => settings,
    };
    under(Some(Arc::new(settings)), body)
}

thread_local! {
    /// The settings that calls on this thread go by.
    static CURRENT: RefCell<Option<Arc<Settings>>> = const { RefCell::new(None) };
}

/// The settings of [`with`] that calls on this thread go by.
pub(crate) fn current() -> Option<Arc<Settings>> {
    // A thread that is ending has no such place any more.
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Runs `body` under settings as [`current`] gave them, on this or another thread.
pub(crate) fn under<T>(settings: Option<Arc<Settings>>, body: impl FnOnce() -> T) -> T {
    struct Restore(Option<Arc<Settings>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let before = self.0.take();
            let _ = CURRENT.try_with(|current| current.replace(before));
        }
    }
    let before = CURRENT.try_with(|current| current.replace(settings)).ok().flatten();
    let _restore = Restore(before);
    body()
}

/// What is left of the settings once the stronger has won over the weaker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    /// Threads; 0 for all cores.
    pub(crate) processes: usize,
    /// Items; 0 for a chunk size chosen as the call runs.
    pub(crate) chunksize: usize,
    /// What only settings can ask for. `None` for most calls, which so have less to carry about.
    rare: Option<Box<Rare>>,
}

#[derive(Clone, Debug)]
struct Rare {
    shuffle: Option<u64>,
    stop: Option<Stop>,
    settings: Option<Arc<Settings>>,
}

impl Orders {
    /// What a call is to do that asks for these `processes` and this `chunksize` itself.
    #[inline]
    pub(crate) fn of_call(processes: usize, chunksize: usize) -> Self {
        let (environment, settings) = (environment(), current());
        if settings.is_none() && *environment == Environment::SILENT {
            return Orders { processes, chunksize, rare: None };
        }
        Self::under(environment, settings, processes, chunksize)
    }

    #[cold]
    fn under(environment: &Environment, settings: Option<Arc<Settings>>, processes: usize, chunksize: usize) -> Self {
        let outer = settings.as_deref();
        let of_settings = |setting: fn(&Settings) -> usize| outer.map_or(0, setting);
        let processes = stronger(environment.processes, stronger(of_settings(|outer| outer.processes), processes));
        let chunksize = stronger(environment.chunksize, stronger(of_settings(|outer| outer.chunksize), chunksize));
        let shuffle = environment.shuffle.or_else(|| outer?.shuffle);
        let stop = outer.map(|outer| outer.stop.clone()).filter(|stop| !stop.is_never());
        Orders { processes, chunksize, rare: Some(Box::new(Rare { shuffle, stop, settings })) }
    }

    /// The seed of the order in which chunks are handed out, if that is not the items'.
    #[inline]
    pub(crate) fn shuffle(&self) -> Option<u64> {
        self.rare.as_ref()?.shuffle
    }

    /// What may stop the call, if anything.
    #[inline]
    pub(crate) fn stop(&self) -> Option<&Stop> {
        self.rare.as_ref()?.stop.as_ref()
    }

    /// The settings that calls made by items go by.
    pub(crate) fn settings(&self) -> Option<Arc<Settings>> {
        self.rare.as_ref()?.settings.clone()
    }

    /// Whether items are done in their order and nothing can stop the call.
    #[inline]
    pub(crate) fn are_plain(&self) -> bool {
        self.rare.as_ref().is_none_or(|rare| rare.shuffle.is_none() && rare.stop.is_none())
    }
}

/// The first count that says anything.
fn stronger(first: usize, second: usize) -> usize {
    if first == 0 { second } else { first }
}

/// What the environment says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Environment {
    processes: usize,
    chunksize: usize,
    shuffle: Option<u64>,
}

impl Environment {
    const SILENT: Environment = Environment { processes: 0, chunksize: 0, shuffle: None };
}

/// What the environment says, as it was at the first call of the process.
fn environment() -> &'static Environment {
    static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| Environment {
        processes: variable("PARMAP_PROCESSES", "a number of threads, at least 1", parse_count).unwrap_or(0),
        chunksize: variable("PARMAP_CHUNKSIZE", "a number of items, at least 1", parse_count).unwrap_or(0),
        shuffle: variable("PARMAP_SCHEDULE", "`shuffle:SEED`, with a number as the seed", parse_schedule),
    })
}

/// An environment variable's value; what it `takes` goes to standard error if it is malformed, and it is ignored.
fn variable<T>(name: &str, takes: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let value = env::var_os(name)?;
    let parsed = value.to_str().map(str::trim).and_then(parse);
    if parsed.is_none() {
        report(&format_args!("{name}={} is ignored: it takes {takes}", value.to_string_lossy()));
    }
    parsed
}

fn parse_count(value: &str) -> Option<usize> {
    value.parse().ok().filter(|&count| count > 0)
}

fn parse_schedule(value: &str) -> Option<u64> {
    value.strip_prefix("shuffle:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_variables_take() {
        assert_eq!(parse_count("12"), Some(12));
        for malformed in ["", "0", "-1", "two", "1.5"] {
            assert_eq!(parse_count(malformed), None);
        }
        assert_eq!(parse_schedule("shuffle:18446744073709551615"), Some(u64::MAX));
        for malformed in ["", "shuffle", "shuffle:", "shuffle:x", "static", "shuffle:-1"] {
            assert_eq!(parse_schedule(malformed), None);
        }
    }

    #[test]
    fn the_inner_setting_is_stronger_and_every_stop_holds() {
        let (early, late) = (Instant::now(), Instant::now() + std::time::Duration::from_secs(1));
        let (a, b) = (CancelToken::new(), CancelToken::new());
        let outer = Settings::new().processes(3).chunksize(4).shuffle(5).cancel(&a).deadline(early);
        let inner = Settings::new().processes(2).cancel(&b).deadline(late).inside(&outer);
        assert_eq!((inner.processes, inner.chunksize, inner.shuffle), (2, 4, Some(5)));
        assert_eq!((inner.stop.tokens.len(), inner.stop.deadline), (2, Some(early)));
    }
}
