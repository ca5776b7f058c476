//! Who maps besides the plain loop and parmap: each as its own documentation says is fast, and all on as many threads
//! as `std::thread::available_parallelism` says.

mod by_hand;
mod chili;
#[expect(unsafe_code, reason = "OpenMP is C")]
mod openmp;
mod orx;
mod paralight;

use std::{num::NonZero, sync::LazyLock, thread};

use rayon::prelude::*;

use self::openmp::Schedule;

/// Somebody who maps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    Rayon,
    /// `with_min_len` of so many items.
    RayonMinLen(usize),
    Orx,
    Paralight,
    Chili,
    /// `std::thread::scope` by hand, in equal pieces.
    Threads,
    OmpStatic,
    /// So many items at a time.
    OmpDynamic(usize),
    OmpGuided,
}

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::Rayon => "rayon",
            Peer::RayonMinLen(_) => "rayon, min_len",
            Peer::Orx => "orx",
            Peer::Paralight => "paralight",
            Peer::Chili => "chili",
            Peer::Threads => "threads",
            Peer::OmpStatic => "OpenMP static",
            Peer::OmpDynamic(_) => "OpenMP dynamic",
            Peer::OmpGuided => "OpenMP guided",
        }
    }

    /// Those that are there, OpenMP only if it could be linked ([`left_out`]). `chunk`: items that are handed out at a
    /// time by those that are told how many; without them if it is 0.
    pub(crate) fn all(chunk: usize) -> Vec<Peer> {
        let told = |peer: fn(usize) -> Peer| (chunk > 0).then(|| peer(chunk));
        let mut all = vec![Peer::Rayon];
        all.extend(told(Peer::RayonMinLen));
        all.extend([Peer::Orx, Peer::Paralight, Peer::Chili, Peer::Threads]);
        if cfg!(openmp) {
            all.push(Peer::OmpStatic);
            all.extend(told(Peer::OmpDynamic));
            all.push(Peer::OmpGuided);
        }
        all
    }

    /// `f(0..n)` in a new vector, in order.
    ///
    /// Those that have no `collect` write into `vec![default; n]`, which for most types of results is memory that the
    /// system hands out as zeros, and nobody writes twice.
    pub(crate) fn map<R: Send + Sync + Copy + Default>(self, n: usize, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
        let f = &f;
        match self {
            Peer::Rayon => (0..n).into_par_iter().map(f).collect(),
            Peer::RayonMinLen(items) => (0..n).into_par_iter().with_min_len(items).map(f).collect(),
            Peer::Orx => orx::map(n, f),
            Peer::Paralight => paralight::map(n, f),
            Peer::Chili | Peer::Threads | Peer::OmpStatic | Peer::OmpDynamic(_) | Peer::OmpGuided => {
                let mut out = vec![R::default(); n];
                self.fill(&mut out, f);
                out
            }
        }
    }

    /// `out[i] = f(i)`.
    pub(crate) fn fill<R: Send>(self, out: &mut [R], f: impl Fn(usize) -> R + Sync) {
        let f = &f;
        match self {
            Peer::Rayon => out.par_iter_mut().enumerate().for_each(|(i, place)| *place = f(i)),
            Peer::RayonMinLen(items) => {
                out.par_iter_mut().with_min_len(items).enumerate().for_each(|(i, place)| *place = f(i));
            }
            Peer::Orx => orx::fill(out, f),
            Peer::Paralight => paralight::fill(out, f),
            Peer::Chili => chili::fill(out, f),
            Peer::Threads => by_hand::fill(out, f),
            Peer::OmpStatic => Schedule::Static.fill(out, f),
            Peer::OmpDynamic(chunk) => Schedule::Dynamic(chunk).fill(out, f),
            Peer::OmpGuided => Schedule::Guided.fill(out, f),
        }
    }

    /// The sum of `f(0..n)`, in whichever order; 0 for none.
    pub(crate) fn sum(self, n: usize, f: impl Fn(usize) -> f64 + Sync) -> f64 {
        let f = &f;
        match self {
            Peer::Rayon => (0..n).into_par_iter().map(f).sum(),
            Peer::RayonMinLen(items) => (0..n).into_par_iter().with_min_len(items).map(f).sum(),
            Peer::Orx => orx::sum(n, f),
            Peer::Paralight => paralight::sum(n, f),
            Peer::Chili => chili::sum(n, f),
            Peer::Threads => by_hand::sum(n, f),
            Peer::OmpStatic => Schedule::Static.sum(n, f),
            Peer::OmpDynamic(chunk) => Schedule::Dynamic(chunk).sum(n, f),
            Peer::OmpGuided => Schedule::Guided.sum(n, f),
        }
    }
}

/// Why OpenMP is not among [`Peer::all`], if it is not.
pub(crate) fn left_out() -> Option<&'static str> {
    openmp::LEFT_OUT
}

/// Threads of a peer that has to be told; asked for once, since the answer takes the system some microseconds.
fn threads() -> usize {
    static THREADS: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    *THREADS
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const LENGTHS: [usize; 6] = [0, 1, 2, 7, 100, 10_001];

    /// Each peer, with chunks of 1 and of 25, at each length.
    fn each(test: impl Fn(Peer, usize)) {
        for peer in [1, 25].into_iter().flat_map(Peer::all) {
            LENGTHS.into_iter().for_each(|n| test(peer, n));
        }
    }

    fn item(i: usize) -> u64 {
        (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn map_is_the_loop() {
        each(|peer, n| assert_eq!(peer.map(n, item), (0..n).map(item).collect::<Vec<_>>(), "{peer:?}, {n}"));
    }

    /// Results that have to be dropped, as those are that were in the places before.
    #[test]
    fn fill_is_the_loop() {
        each(|peer, n| {
            let mut out = vec!["before".to_owned(); n];
            peer.fill(&mut out, |i| item(i).to_string());
            assert_eq!(out, (0..n).map(|i| item(i).to_string()).collect::<Vec<_>>(), "{peer:?}, {n}");
        });
    }

    /// Sums of small whole numbers are the same in each order.
    #[test]
    fn sum_is_the_loop() {
        let item = |i| (item(i) % 1000) as f64;
        each(|peer, n| assert_eq!(peer.sum(n, item), (0..n).map(item).sum::<f64>(), "{peer:?}, {n}"));
    }

    /// What OpenMP's unsafe code relies on: no item is handed out twice, or not at all.
    #[test]
    fn each_item_is_done_once() {
        each(|peer, n| {
            let calls: Vec<_> = (0..n).map(|_| AtomicU32::new(0)).collect();
            let call = |i: usize| _ = calls[i].fetch_add(1, Ordering::Relaxed);
            peer.fill(&mut vec![(); n], call);
            peer.map(n, call);
            peer.sum(n, |i| f64::from(calls[i].fetch_add(1, Ordering::Relaxed)));
            assert!(calls.iter().all(|calls| calls.load(Ordering::Relaxed) == 3), "{peer:?}, {n}");
        });
    }

    #[test]
    fn all_are_named_apart() {
        let names: std::collections::BTreeSet<_> = Peer::all(25).into_iter().map(Peer::name).collect();
        assert_eq!(names.len(), Peer::all(25).len());
        assert_eq!(left_out().is_none(), names.contains("OpenMP static"));
    }

    #[test]
    fn without_a_chunk_nobody_is_told() {
        let told = |peer: &Peer| matches!(peer, Peer::RayonMinLen(_) | Peer::OmpDynamic(_));
        assert!(Peer::all(1).iter().any(told));
        assert!(!Peer::all(0).iter().any(told));
    }
}
