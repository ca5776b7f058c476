//! What all calls of a soak share: pools, counts, the list of open calls, and where what is wrong is told.

use std::{
    collections::BTreeMap,
    error::Error,
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use parmap::CancelToken;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{
    forms,
    program::{Allowed, DEEPEST, Place, Program},
};

/// So many calls may be told to be wrong; those behind them only count.
const TOLD: usize = 5;

/// How often what happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) by_form: Vec<AtomicU64>,
    pub(crate) by_place: [AtomicU64; Place::NAMES.len()],
    pub(crate) by_depth: [AtomicU64; DEEPEST + 1],
    pub(crate) items: AtomicU64,
    /// Calls of which an item was to fail.
    pub(crate) failed: AtomicU64,
    /// Calls that returned `Cancelled`.
    pub(crate) cancelled: AtomicU64,
}

/// A call that has begun and not ended.
#[derive(Debug)]
struct Open {
    seed: u64,
    form: &'static str,
    depth: usize,
    thread: String,
    since: u64,
}

/// See the module.
pub(crate) struct World {
    pub(crate) allowed: Allowed,
    pub(crate) tally: Tally,
    /// What the calls of [`Place::Locked`] hold.
    pub(crate) lock: Mutex<()>,
    pools: BTreeMap<usize, ThreadPool>,
    open: Mutex<BTreeMap<u64, Open>>,
    opened: AtomicU64,
    ticks: AtomicU64,
    cancels: Option<mpsc::Sender<(Instant, CancelToken)>>,
    wrongs: AtomicUsize,
    is_over: AtomicBool,
}

impl World {
    /// With pools of some widths, if threads are allowed.
    ///
    /// # Errors
    ///
    /// If they cannot be had all the same.
    pub(crate) fn new(allowed: Allowed) -> Result<Self, Box<dyn Error>> {
        let mut pools = BTreeMap::new();
        for width in [1, 2, 3, 5].into_iter().filter(|_| allowed.threads) {
            pools.insert(width, ThreadPoolBuilder::new().num_threads(width).build()?);
        }
        Ok(World {
            allowed,
            tally: Tally { by_form: forms::all().map(|_| AtomicU64::new(0)).collect(), ..Tally::default() },
            lock: Mutex::default(),
            pools,
            open: Mutex::default(),
            opened: AtomicU64::new(0),
            ticks: AtomicU64::new(0),
            cancels: allowed.threads.then(canceller).transpose()?,
            wrongs: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        })
    }

    /// A kept pool of this width.
    pub(crate) fn pool(&self, width: usize) -> &ThreadPool {
        &self.pools[&width]
    }

    /// Cancels, after a while.
    pub(crate) fn cancel_after(&self, time: Duration, token: &CancelToken) {
        match &self.cancels {
            Some(cancels) => {
                cancels.send((Instant::now() + time, token.clone())).expect("the thread that cancels lives as long")
            }
            None => token.cancel(),
        }
    }

    /// Whether anything was wrong.
    pub(crate) fn is_wrong(&self) -> bool {
        self.wrongs.load(SeqCst) > 0
    }

    /// Whether no further call is to begin.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    /// Tells what does not hold of a call, and ends the soak.
    pub(crate) fn wrong(&self, program: &Program, what: &str) {
        if self.wrongs.fetch_add(1, SeqCst) < TOLD {
            println!("WRONG: {}: {what}\n  {program:?}\n  again: --call {}", program.form.title(), program.seed);
        }
        self.is_over.store(true, SeqCst);
    }

    /// Tells what does not hold of the whole.
    pub(crate) fn wrong_in_all(&self, what: &str) {
        self.wrongs.fetch_add(1, SeqCst);
        println!("WRONG: {what}");
    }

    /// Notes that a call begins; what it gives says so when it has ended.
    pub(crate) fn begin(&self, program: &Program) -> Begun<'_> {
        self.tally.by_form[program.number].fetch_add(1, Relaxed);
        self.tally.by_place[program.place.number()].fetch_add(1, Relaxed);
        self.tally.by_depth[program.depth].fetch_add(1, Relaxed);
        self.watched(program.form.title(), program.seed, program.depth)
    }

    /// Has something watched that may hang.
    pub(crate) fn watched(&self, form: &'static str, seed: u64, depth: usize) -> Begun<'_> {
        let number = self.opened.fetch_add(1, Relaxed);
        let thread = thread::current();
        let open = Open {
            seed,
            form,
            depth,
            thread: thread.name().map_or_else(|| format!("{:?}", thread.id()), str::to_owned),
            since: self.ticks.load(Relaxed),
        };
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(number, open);
        Begun(self, number)
    }

    /// One second more has passed. Tells the open calls if one of them has been so for so many of these seconds: it
    /// hangs. Seconds in which the whole program was held up do not count.
    pub(crate) fn tick(&self, patience: u64) -> Option<String> {
        let now = self.ticks.fetch_add(1, Relaxed) + 1;
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().find(|open| now - open.since > patience)?;
        let tell = |open: &Open| {
            let Open { seed, form, depth, thread, since } = open;
            format!("  for {:4} s, {depth} deep, by {thread}: {form}, --call {seed}\n", now - since)
        };
        Some(open.values().map(tell).collect())
    }
}

/// A call that has begun, until it is dropped.
pub(crate) struct Begun<'w>(&'w World, u64);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// A thread that cancels what it is sent, when it is time.
fn canceller() -> io::Result<mpsc::Sender<(Instant, CancelToken)>> {
    let (send, receive) = mpsc::channel::<(Instant, CancelToken)>();
    let cancel_all = move || {
        for (time, token) in receive {
            // What has waited behind another is due at once: else tokens would come faster than they are cancelled.
            thread::sleep(time.saturating_duration_since(Instant::now()));
            token.cancel();
        }
    };
    thread::Builder::new().name("canceller".to_owned()).spawn(cancel_all)?;
    Ok(send)
}
