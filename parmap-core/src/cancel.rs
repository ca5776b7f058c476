//! Cancelling: how a call in progress is told to stop, from any thread or by a deadline.
//!
//! Workers look between blocks of a run, never inside an item. Which calls a token concerns is for `settings.rs` to say.

use std::{error::Error, fmt, sync::Arc, time::Instant};

use crate::sync::whole::{AtomicBool, Ordering};

/// Stops the calls made under it: see [`Settings::cancel`](crate::Settings::cancel).
///
/// Clones are the same token. It stays cancelled once it is.
///
/// ```
/// use parmap::{CancelToken, Cancelled, Settings, parmap};
///
/// #[parmap(try)]
/// fn page(number: u32) -> Result<u32, Cancelled> {
///     Ok(number * 2)
/// }
///
/// let token = CancelToken::new();
/// let stop_button = token.clone();
/// stop_button.cancel();
/// let pages = parmap::with(Settings::new().cancel(&token), || page(0..1_000));
/// assert_eq!(pages, Err(Cancelled));
/// ```
///
/// # Memory ordering
///
/// `Release` and `Acquire`: what was written before [`cancel`](Self::cancel) is seen by whoever sees the call stop.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    cancelled: Arc<AtomicBool>,
}

impl CancelToken {
    /// A token that is not cancelled.
    #[must_use]
    pub fn new() -> Self {
        CancelToken::default()
    }

    /// Cancels: calls under this token start no more items. Can be called from anywhere, items included.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }
}

/// A call was cancelled, or ran past its deadline, before all of its items were done.
///
/// The error of a call with `try` whose error type is `From<Cancelled>`; the payload of the panic of any other call.
///
/// ```
/// use std::{error::Error, time::Instant};
/// use parmap::{Settings, parmap};
///
/// #[parmap(try)]
/// fn parse(line: &str) -> Result<i32, Box<dyn Error + Send + Sync>> {
///     Ok(line.parse()?)
/// }
///
/// let too_late = Settings::new().deadline(Instant::now());
/// let error = parmap::with(too_late, || parse(["1", "2"])).unwrap_err();
/// assert!(error.is::<parmap::Cancelled>());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cancelled before all items were done")
    }
}

impl Error for Cancelled {}

/// What may stop a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop {
    pub(crate) tokens: Vec<CancelToken>,
    pub(crate) deadline: Option<Instant>,
}

impl Stop {
    /// Whether nothing can.
    pub(crate) fn is_never(&self) -> bool {
        self.tokens.is_empty() && self.deadline.is_none()
    }

    /// Whether it is time to.
    pub(crate) fn is_now(&self) -> bool {
        self.tokens.iter().any(CancelToken::is_cancelled)
            || self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }
}
