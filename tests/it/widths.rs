//! The lengths, widths and chunk sizes that every behaviour is tried at.

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
