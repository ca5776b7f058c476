//! A fixed set of calls whose instructions `ci/instructions.sh` counts, some beside the plain loop; how often each reads
//! the clock is counted here.
//!
//! The clock is not the machine's: it stands still but for what items and readings add to it. So the engine, which
//! decides by the clock, decides the same each time, however slow the counting makes it. No call is worth a helper.

use std::{
    fs,
    hint::black_box,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
};

use parmap::{par_map, parmap, pipeline};

/// What an item takes by the clock.
const ITEM_NS: u64 = 2;
/// What a reading of the clock takes by the clock.
const READING_NS: u64 = 25;
/// How often a call was made before it is counted, if it is not a site's first.
const CALLS_BEFORE: usize = 5;
/// How often the one item is given: one call alone would be lost in what surrounds it.
const ONE_BY_ONE: u64 = 1_000;

static ITEMS: [u64; 100] = [7; 100];
static VALUES: [f64; 10_000] = [0.5; 10_000];

/// Nanoseconds since the start. One thread reads and sets it.
static NOW: AtomicU64 = AtomicU64::new(0);
/// How often the clock was read.
static READINGS: AtomicU64 = AtomicU64::new(0);

#[inline]
fn pass(ns: u64) -> u64 {
    let now = NOW.load(Ordering::Relaxed) + ns;
    NOW.store(now, Ordering::Relaxed);
    now
}

/// Takes the place of the C library's, which `Instant` reads: `time` is seconds and nanoseconds.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[allow(unsafe_code)] // The name has to be the C library's; the arguments are what it takes.
#[unsafe(no_mangle)]
extern "C" fn clock_gettime(_clock: i32, time: &mut [i64; 2]) -> i32 {
    READINGS.fetch_add(1, Ordering::Relaxed);
    let now = pass(READING_NS) as i64;
    *time = [now / 1_000_000_000, now % 1_000_000_000];
    0
}

/// What is done with an item: a handful of instructions, so that what a call of a hundred costs by itself stands out.
#[inline]
fn step(x: u64) -> u64 {
    pass(ITEM_NS);
    x.wrapping_mul(6_364_136_223_846_793_005) ^ (x >> 29)
}

#[parmap]
fn stepped(x: u64) -> u64 {
    step(x)
}

#[parmap]
fn ranged(x: u64) -> u64 {
    step(x)
}

#[parmap]
fn listed(x: &u64) -> u64 {
    step(*x)
}

#[parmap]
fn first_ranged(x: u64) -> u64 {
    step(x)
}

#[parmap]
fn first_listed(x: &u64) -> u64 {
    step(*x)
}

#[parmap]
fn thousand(x: u64) -> u8 {
    step(x) as u8
}

#[parmap(chunksize = 25, processes = 4)]
fn chunked(x: u64) -> u64 {
    step(x)
}

#[parmap(try)]
fn tried(x: u64) -> Option<u64> {
    (x < 1_000).then(|| step(x))
}

#[parmap(processes = 1)]
fn square(x: &f64) -> f64 {
    x * x
}

#[parmap]
fn square_or_share(x: &f64) -> f64 {
    x * x
}

/// A function for each call, and a table of them.
macro_rules! calls {
    ($($name:ident => $call:expr,)*) => {
        $(
            #[inline(never)]
            fn $name() {
                // A function like another would be merged with it.
                black_box(stringify!($name));
                black_box($call);
            }
        )*
        const CALLS: &[(&str, fn())] = &[$((stringify!($name), $name)),*];
    };
}

// As in `ci/instructions.txt`; those called `first` find their sites unknown.
calls! {
    one_item_loop => (0..ONE_BY_ONE).for_each(|x| _ = black_box(step(black_box(x)))),
    one_item => (0..ONE_BY_ONE).for_each(|x| _ = black_box(stepped(black_box(x)))),
    collection_of_one => stepped(black_box([7])),
    range_loop => (0..black_box(100)).map(step).collect::<Vec<_>>(),
    range => ranged(0..black_box(100)),
    range_first => first_ranged(0..black_box(100)),
    slice => listed(black_box(&ITEMS[..])),
    slice_first => first_listed(black_box(&ITEMS[..])),
    // Results so small that the allocator has a place for them at hand, whatever was allocated before.
    thousand_loop => (0..black_box(1_000)).map(|x| step(x) as u8).collect::<Vec<_>>(),
    range_of_thousand => thousand(0..black_box(1_000)),
    chunks => chunked(0..black_box(100)),
    results => tried(0..black_box(100)),
    sum => par_map!(step, 0..black_box(100), reduce = sum),
    stream => pipeline!(0..black_box(100), par(step), fold(0_u64, |sum, x| sum ^ x)),
    squares_loop => black_box(&VALUES[..]).iter().map(|x| x * x).collect::<Vec<_>>(),
    squares => square(black_box(&VALUES[..])),
    squares_probed => square_or_share(black_box(&VALUES[..])),
}

/// What is called from here is counted.
#[inline(never)]
fn counted(call: fn()) {
    black_box(call)();
    // So that the call is one, and no jump.
    black_box(());
}

fn main() -> ExitCode {
    let mut asked = None;
    for &(name, call) in CALLS {
        if !name.ends_with("_first") {
            (0..CALLS_BEFORE).for_each(|_| black_box(call)());
        }
        let before = READINGS.load(Ordering::Relaxed);
        counted(call);
        println!("{name} {}", READINGS.load(Ordering::Relaxed) - before);
        asked = asked.or_else(|| (threads() > 1).then_some(name));
    }
    let Some(name) = asked else { return ExitCode::SUCCESS };
    eprintln!("{name} asked for a helper, which its work is not worth");
    ExitCode::FAILURE
}

/// The threads of this process, where the system says.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}
