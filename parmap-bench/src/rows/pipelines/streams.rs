//! What is compared: one stream of items through the same stages, by each contender.

use std::{
    fmt::{self, Write},
    sync::LazyLock,
    thread,
};

use pariter::IteratorExt;
use parmap::pipeline;

use super::channels::{in_batches, stage};
use crate::spin::spin;

/// Items between two threads, and batches: with fewer, the threads wait for each other.
const ITEMS: usize = 1024;
const BATCHES: usize = 64;
/// Items that pariter may have under way: with its own choice, 2 for each core, it takes ten times as long where they
/// are small.
const PARITER: usize = 256;

/// Who runs the streams here; `Tbb` runs them too.
pub(crate) const CONTENDERS: [&str; 5] = ["chain", "parmap", "pariter", "channels", "channels, batches"];

/// The stages of a stream, source and end left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Par,
    ParSerialPar,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Par => "par",
            Shape::ParSerialPar => "par, serial, par",
        })
    }
}

/// One stream.
pub(crate) struct Stream {
    pub(crate) item: &'static str,
    pub(crate) items: u64,
    pub(crate) shape: Shape,
    /// What [`spin`] is given, where the items are numbers.
    pub(crate) steps: Option<u32>,
    /// Items in a batch of those who send batches; four times as many or a quarter were no faster.
    pub(crate) batch: usize,
    /// The checksum of so many items, by each of [`CONTENDERS`].
    pub(crate) contenders: [fn(u64) -> u64; CONTENDERS.len()],
}

/// What every stream ends in: no two items can be exchanged without changing it.
#[inline]
fn checksum(sum: u64, x: u64) -> u64 {
    sum.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(x)
}

/// A serial stage: what it makes of an item depends on those before it.
fn serial() -> impl FnMut(u64) -> u64 + Send + 'static {
    let mut sum = 0;
    move |x| {
        sum = checksum(sum, x);
        sum
    }
}

/// What stays of a line.
fn parsed(line: &str) -> u64 {
    line.split(',').filter_map(|field| field.parse::<u64>().ok()).fold(0, checksum)
}

/// As many lines as the longest stream of lines has, of five fields each.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    (0..200_000_u64).fold(String::new(), |mut text, n| {
        let x = spin(n, 1);
        writeln!(text, "{n},{},{},name,{}", x % 1_000, x >> 40, x >> 20).expect("a string takes what is written");
        text
    })
});

/// A stream through one parallel stage. Each has a pipeline, and so a call site, of its own.
macro_rules! par {
    ($item:literal, $items:literal, $batch:literal, $steps:expr, $source:expr, $work:expr) => {
        Stream {
            item: $item,
            items: $items,
            shape: Shape::Par,
            steps: $steps,
            batch: $batch,
            contenders: [
                |items| $source(items).map($work).fold(0, checksum),
                |items| pipeline!($source(items), par($work), fold(0, checksum)),
                |items| $source(items).parallel_map_custom(|stage| stage.buffer_size(PARITER), $work).fold(0, checksum),
                |items| thread::scope(|scope| stage(scope, $source(items), $work, ITEMS).fold(0, checksum)),
                |items| {
                    let work = |batch: Vec<_>| batch.into_iter().map($work).collect::<Vec<u64>>();
                    thread::scope(|scope| {
                        stage(scope, in_batches($source(items), $batch), work, BATCHES).flatten().fold(0, checksum)
                    })
                },
            ],
        }
    };
}

/// A stream of numbers through a parallel, a serial and a parallel stage.
macro_rules! par_serial_par {
    ($item:literal, $items:literal, $batch:literal, $steps:literal) => {
        Stream {
            item: $item,
            items: $items,
            shape: Shape::ParSerialPar,
            steps: Some($steps),
            batch: $batch,
            contenders: [
                |items| numbers(items).map(work::<$steps>).map(serial()).map(work::<$steps>).fold(0, checksum),
                |items| {
                    pipeline!(
                        numbers(items),
                        par(work::<$steps>),
                        serial(serial()),
                        par(work::<$steps>),
                        fold(0, checksum)
                    )
                },
                |items| {
                    let first = numbers(items).parallel_map_custom(|stage| stage.buffer_size(PARITER), work::<$steps>);
                    let serial = first.map(serial()).readahead_custom(|ahead| ahead.buffer_size(PARITER));
                    serial.parallel_map_custom(|stage| stage.buffer_size(PARITER), work::<$steps>).fold(0, checksum)
                },
                |items| {
                    thread::scope(|scope| {
                        let first = stage(scope, numbers(items), work::<$steps>, ITEMS);
                        stage(scope, first.map(serial()), work::<$steps>, ITEMS).fold(0, checksum)
                    })
                },
                |items| {
                    let work = |batch: Vec<u64>| batch.into_iter().map(work::<$steps>).collect::<Vec<u64>>();
                    thread::scope(|scope| {
                        let mut serial = serial();
                        let serial = move |batch: Vec<u64>| batch.into_iter().map(&mut serial).collect();
                        let first = stage(scope, in_batches(numbers(items), $batch), work, BATCHES);
                        stage(scope, first.map(serial), work, BATCHES).flatten().fold(0, checksum)
                    })
                },
            ],
        }
    };
}

/// The two streams of numbers of one cost.
macro_rules! both {
    ($item:literal, $items:literal, $batch:literal, $steps:literal) => {
        [
            par!($item, $items, $batch, Some($steps), numbers, work::<$steps>),
            par_serial_par!($item, $items, $batch, $steps),
        ]
    };
}

fn numbers(items: u64) -> std::ops::Range<u64> {
    0..items
}

#[inline]
fn work<const STEPS: u32>(x: u64) -> u64 {
    spin(x, STEPS)
}

fn lines(items: u64) -> impl Iterator<Item = &'static str> + Send + 'static {
    TEXT.lines().take(items as usize)
}

/// The streams compared.
pub(crate) static STREAMS: [[Stream; 2]; 6] = [
    both!("2 ns", 100, 100, 3),
    both!("2 ns", 1_000_000, 256, 3),
    both!("20 ns", 1_000_000, 256, 24),
    both!("200 ns", 100_000, 256, 125),
    both!("1 us", 50_000, 256, 625),
    both!("20 us", 2_000, 16, 12_500),
];

/// Lines of a text in memory.
pub(crate) static LINES: Stream = par!("line", 200_000, 256, None, lines, parsed);
