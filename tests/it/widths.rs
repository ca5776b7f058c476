//! The lengths, widths and chunk sizes that every behaviour is tried at.

use parmap::{Settings, with};

/// 0, 1, 2, around the borders of chunks of 25, and large.
pub(crate) const LENGTHS: [usize; 11] = [0, 1, 2, 3, 24, 25, 26, 49, 51, 1_000, 100_000];

/// One worker, as many as there are cores, fewer than chunks, more than cores.
pub(crate) const PROCESSES: [usize; 5] = [1, 2, 3, 7, 64];

/// Chosen as the call runs, one, and some.
pub(crate) const CHUNKSIZES: [usize; 3] = [0, 1, 25];

/// Calls `check(processes, chunksize)` for each combination.
pub(crate) fn every_schedule(mut check: impl FnMut(usize, usize)) {
    for processes in PROCESSES {
        for chunksize in CHUNKSIZES {
            check(processes, chunksize);
        }
    }
}

/// Calls `check(length, processes, chunksize)` for each combination.
pub(crate) fn every_length(mut check: impl FnMut(usize, usize, usize)) {
    for length in LENGTHS {
        every_schedule(|processes, chunksize| check(length, processes, chunksize));
    }
}

/// Around the borders of the groups of 512 results that `reduce` combines from left to right, and large.
pub(crate) const GROUPED: [usize; 8] = [0, 1, 2, 511, 512, 513, 1_025, 20_000];

/// Runs `check` as the call itself says and at four widths, each with the items in their order and in three others.
pub(crate) fn every_order(mut check: impl FnMut()) {
    for processes in [0, 1, 2, 7, 64] {
        for seed in [None, Some(1), Some(2), Some(3)] {
            let settings = Settings::new().processes(processes);
            let settings = seed.map_or(settings.clone(), |seed| settings.shuffle(seed));
            let _under = Under(&settings);
            with(settings.clone(), &mut check);
        }
    }
}

/// Tells under which settings a test failed.
struct Under<'s>(&'s Settings);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("under {:?}", self.0);
        }
    }
}
