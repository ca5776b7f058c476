//! OpenMP by GCC: the loops of `openmp.c`, with Rust closures as bodies.
//!
//! A body is compiled for its closure, so that its inner loop is optimised as OpenMP's would be. A closure that panics
//! aborts the process, since no panic may cross C.

use std::{
    marker::PhantomData,
    ops::Range,
    slice,
    sync::atomic::{AtomicU64, Ordering},
};

use super::threads;

/// Why there is no OpenMP here.
pub(super) const LEFT_OUT: Option<&str> = option_env!("OPENMP_LEFT_OUT");

/// How OpenMP hands out items.
#[derive(Clone, Copy)]
pub(super) enum Schedule {
    Static,
    /// So many at a time, at least one.
    Dynamic(usize),
    Guided,
}

impl Schedule {
    pub(super) fn fill<R: Send>(self, out: &mut [R], f: &(impl Fn(usize) -> R + Sync)) {
        let n = out.len();
        let places = Places { start: out.as_mut_ptr(), n, output: PhantomData };
        self.blocks(n, &|_, items: Range<usize>| {
            // SAFETY: `blocks` says that ranges are in 0..n and do not overlap; none is asked for elsewhere.
            let part = unsafe { places.part(items.clone()) };
            part.iter_mut().zip(items).for_each(|(place, i)| *place = f(i));
        });
    }

    /// As `reduction(+)` does: each thread adds up its own, and the threads' sums are added in the end.
    pub(super) fn sum(self, n: usize, f: &(impl Fn(usize) -> f64 + Sync)) -> f64 {
        let sums: Vec<_> = (0..threads()).map(|_| Sum(AtomicU64::new(0.0_f64.to_bits()))).collect();
        self.blocks(n, &|thread, items: Range<usize>| sums[thread].add(items.map(f).sum()));
        sums.iter().map(Sum::value).sum()
    }

    /// Calls `block` with the number of the thread, below [`threads`], and with ranges that together are `0..n`. No two
    /// of them overlap, and no two threads that are in `block` at the same time have one number.
    ///
    /// Unsafe code relies on this. It is `openmp.c` that makes it so, and a test of [`super`] that looks.
    #[cfg(openmp)]
    fn blocks<F: Fn(usize, Range<usize>) + Sync>(self, n: usize, block: &F) {
        use std::ffi::{c_int, c_void};

        type Block = unsafe extern "C" fn(context: *const c_void, thread: usize, first: usize, end: usize);

        unsafe extern "C" {
            fn parmap_omp_static(threads: c_int, n: usize, block: Block, context: *const c_void);
            fn parmap_omp_dynamic(threads: c_int, n: usize, chunk: usize, block: Block, context: *const c_void);
            fn parmap_omp_guided(threads: c_int, n: usize, block: Block, context: *const c_void);
        }

        /// # Safety
        ///
        /// `context` is a `&F` that is valid during the call.
        unsafe extern "C" fn call<F: Fn(usize, Range<usize>) + Sync>(
            context: *const c_void,
            thread: usize,
            first: usize,
            end: usize,
        ) {
            // SAFETY: it is a valid `&F`, as the caller promises; other threads may hold it too, since `F: Sync`.
            let block = unsafe { &*context.cast::<F>() };
            block(thread, first..end);
        }

        let threads = c_int::try_from(threads()).unwrap_or(c_int::MAX);
        let context = std::ptr::from_ref(block).cast();
        match self {
            // SAFETY: the declaration is that of `openmp.c`, `threads` is 1 or more, and `call::<F>` is called with
            // `context` only, a `&F`, and only before the function returns.
            Schedule::Static => unsafe { parmap_omp_static(threads, n, call::<F>, context) },
            // SAFETY: as above, and the chunk is 1 or more.
            Schedule::Dynamic(chunk) => unsafe { parmap_omp_dynamic(threads, n, chunk.max(1), call::<F>, context) },
            // SAFETY: as for the static one.
            Schedule::Guided => unsafe { parmap_omp_guided(threads, n, call::<F>, context) },
        }
    }

    #[cfg(not(openmp))]
    fn blocks<F: Fn(usize, Range<usize>) + Sync>(self, _n: usize, _block: &F) {
        unreachable!("OpenMP is left out, and `Peer::all` does not name it")
    }
}

/// The places of an output, for threads each of which writes some of them.
///
/// Made of the one reference to the `n` places at `start`, which nobody else uses during `'a`.
struct Places<'a, R> {
    start: *mut R,
    n: usize,
    output: PhantomData<&'a mut [R]>,
}

// SAFETY: all that a shared `Places` gives is `&mut R`s, of each place no more than one. To have them on other threads
// takes no more than `R: Send`.
unsafe impl<R: Send> Sync for Places<'_, R> {}

impl<'a, R> Places<'a, R> {
    /// Those of some items.
    ///
    /// # Safety
    ///
    /// `items` is within `0..n`, and no two ranges that are asked for overlap.
    unsafe fn part(&self, items: Range<usize>) -> &'a mut [R] {
        debug_assert!(items.start <= items.end && items.end <= self.n);
        // SAFETY: `items.start` is at most `n`, so the result is within the output or at its end.
        let start = unsafe { self.start.add(items.start) };
        // SAFETY: these are places of the output, which is one allocation, initialised and aligned; nobody else has
        // them, since the output is nobody else's during `'a` and no other range that is asked for overlaps this one.
        unsafe { slice::from_raw_parts_mut(start, items.len()) }
    }
}

/// The bits of one thread's sum, alone on its cache lines.
///
/// Memory ordering: `Relaxed`, since one thread alone writes it in a region, and the end of the region, which that
/// thread's work happens before, precedes the reading.
#[repr(align(128))]
struct Sum(AtomicU64);

impl Sum {
    fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, more: f64) {
        self.0.store((self.value() + more).to_bits(), Ordering::Relaxed);
    }
}
