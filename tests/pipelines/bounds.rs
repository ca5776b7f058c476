//! Memory: how many items are under way at the same time.

use std::{
    sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use parmap::{Settings, pipeline, with};

use crate::{
    counted::Census,
    process::{in_a_process_of_its_own, kilobytes},
    work::Cost,
};

/// What the documentation says that a batch holds at most, where chunks are not larger.
const BATCH: isize = 1_024;

#[test]
fn ten_million_items_through_a_slow_end() {
    let census = Census::default();
    let sum = pipeline!(
        (0..10_000_000).map(|x| census.count(x)),
        par(|x| x),
        fold(0_usize, |sum, x| {
            Cost::Even(30).pay(x.number as u64);
            sum + x.number
        }),
        in_flight = 4,
        processes = 7,
    );
    assert_eq!((sum, census.made(), census.living()), (49_999_995_000_000, 10_000_000, 0));
    assert!(census.peak() <= 4 * BATCH, "{} at once", census.peak());
}

#[test]
fn whatever_is_slow() {
    for slow in 0..3 {
        for (in_flight, chunksize) in [(2, 0), (16, 0), (2, 3_000), (16, 7)] {
            let census = Census::default();
            let pay = |stage, x: usize| Cost::Even(if stage == slow { 2_000 } else { 20 }).pay(x as u64);
            let source = || {
                (0..20_000).map(|x| {
                    pay(0, x);
                    census.count(x)
                })
            };
            macro_rules! run {
                ($in_flight:literal) => {
                    pipeline!(
                        source(),
                        par(|x| {
                            pay(1, x.number);
                            x
                        }),
                        serial(|x| x),
                        for_each(|x| pay(2, x.number)),
                        in_flight = $in_flight,
                        chunksize = chunksize,
                        processes = 7,
                    )
                };
            }
            if in_flight == 2 {
                run!(2)
            } else {
                run!(16)
            }
            assert_eq!((census.made(), census.living()), (20_000, 0));
            let batch = BATCH.max(chunksize as isize);
            assert!(census.peak() <= in_flight * batch, "{} at once, slow: {slow}", census.peak());
        }
    }
}

#[test]
fn a_stuck_end_stops_the_source_at_the_bound() {
    in_a_process_of_its_own("bounds::a_stuck_end_stops_the_source_at_the_bound", &[], || {
        let (made, pulled) = (Mutex::new(0), Condvar::new());
        let source = (0..10_000).inspect(|_| {
            *made.lock().unwrap() += 1;
            pulled.notify_all();
        });
        // Under `shuffle` all goes by batches from the first item on.
        let settings = Settings::new().processes(2).shuffle(1);
        let stuck = AtomicUsize::new(0);
        let ended = with(settings, || {
            pipeline!(
                source,
                par(|x| x),
                fold(0, |ended, x| {
                    if x == 5_000 {
                        // Until the other worker has pulled all that it may.
                        let bound = 5_000 + 4 * 10;
                        let made = made.lock().unwrap();
                        let (made, wait) =
                            pulled.wait_timeout_while(made, Duration::from_secs(60), |made| *made < bound).unwrap();
                        assert!(!wait.timed_out(), "{made} pulled, not up to the bound");
                        stuck.store(*made, SeqCst);
                        drop(made);
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    if x == 5_001 {
                        let made = *made.lock().unwrap();
                        assert!(made <= 5_000 + 4 * 10 + 10, "{made} pulled, beyond the bound");
                    }
                    ended + 1
                }),
                in_flight = 4,
                chunksize = 10,
            )
        });
        assert_eq!((ended, stuck.into_inner()), (10_000, 5_040));
    });
}

/// The peak of memory of a pipeline of so many lines, in kilobytes.
fn peak(lines: u64) -> u64 {
    let sum = pipeline!(
        (0..lines).map(|line| format!("{line} of a text that is made as it is read")),
        par_flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()),
        par(|word| word.len()),
        fold(0, |sum, length| {
            Cost::Even(20).pay(length as u64);
            sum + length
        }),
        processes = 3,
    );
    assert!(sum > 0);
    kilobytes("VmHWM")
}

#[test]
fn memory_is_flat_in_the_length() {
    in_a_process_of_its_own("bounds::memory_is_flat_in_the_length", &[], || {
        let short = peak(100_000);
        let long = peak(3_000_000);
        // Three million lines would be 180 MB and more.
        assert!(long <= short + 20_000, "{short} kB for a hundred thousand lines, {long} kB for three million");
        assert!(short > 0 || cfg!(not(target_os = "linux")));
    });
}
