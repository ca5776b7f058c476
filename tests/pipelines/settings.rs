//! What pipelines are told from outside: widths, chunks, orders, and when to stop.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, ThreadId},
    time::Instant,
};

use parmap::{CancelToken, Cancelled, Settings, pipeline, verify, with};

use crate::{
    process::in_a_process_of_its_own,
    work::{Cost, mix},
};

/// Which thread did which item.
fn workers(run: impl FnOnce(&(dyn Fn(u64) -> u64 + Sync))) -> Vec<ThreadId> {
    let seen = Mutex::new(Vec::new());
    run(&|x| {
        Cost::Even(2_000).pay(x);
        seen.lock().unwrap().push((x, thread::current().id()));
        x
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable_by_key(|(x, _)| *x);
    seen.into_iter().map(|(_, worker)| worker).collect()
}

#[test]
fn the_environment_is_stronger_than_the_pipeline() {
    let test = "settings::the_environment_is_stronger_than_the_pipeline";
    in_a_process_of_its_own(test, &[("PARMAP_PROCESSES", "1")], || {
        let workers = workers(|work| assert_eq!(pipeline!(0..1_000, par(work), count(), processes = 4), 1_000));
        assert!(workers.into_iter().all(|worker| worker == thread::current().id()));
    });
}

/// Whether all items of each chunk were done by one worker.
fn is_in_chunks(workers: &[ThreadId], chunk: usize) -> bool {
    workers.chunks(chunk).all(|chunk| chunk.iter().all(|worker| *worker == chunk[0]))
}

#[test]
fn chunks_stay_together() {
    let mut shared = 0;
    for round in 0..20 {
        // Under `shuffle` a batch is a chunk; the other rounds have batches as they come.
        let settings = Settings::new().processes(3);
        let settings = if round % 2 == 0 { settings.shuffle(round) } else { settings };
        let of_pipeline = with(settings.clone(), || {
            workers(|work| assert_eq!(pipeline!(0..1_000, par(work), count(), chunksize = 25), 1_000))
        });
        // A chunk size that is 0 when the pipeline runs says nothing.
        let none = 0;
        let of_stages = with(settings.clone(), || {
            workers(|work| {
                let count = pipeline!(
                    0..1_000,
                    par(work, chunksize = 4),
                    serial(|x| x, chunksize = none),
                    par(|x| x, chunksize = 10),
                    count(),
                    chunksize = 5,
                );
                assert_eq!(count, 1_000);
            })
        });
        if round % 2 == 0 {
            assert!(is_in_chunks(&of_pipeline, 25), "25");
            assert!(is_in_chunks(&of_stages, 20), "4, 5 and 10");
            shared += usize::from(of_pipeline.iter().any(|worker| *worker != of_pipeline[0]));
        }
    }
    // Or this has shown nothing.
    assert!(shared > 0);
}

#[test]
fn a_seed_decides_the_order_of_chunks() {
    let order = |seed| {
        let seen = Mutex::new(Vec::new());
        let settings = Settings::new().processes(1).shuffle(seed);
        let found = with(settings, || {
            pipeline!(
                0..1_000,
                par(|x| {
                    seen.lock().unwrap().push(x);
                    x
                }),
                serial(mix),
                collect()
            )
        });
        assert!(found.into_iter().eq((0..1_000).map(mix)));
        seen.into_inner().unwrap()
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    assert!(!order(1).is_sorted());
}

#[test]
fn verify_finds_a_stage_that_depends_on_the_order() {
    verify(|| pipeline!(0..300, par(mix), serial(|x| x ^ 1), collect()));
    let depends = || {
        let calls = AtomicUsize::new(0);
        pipeline!(0..300, par(|x| mix(x) ^ calls.fetch_add(1, SeqCst) as u64), collect())
    };
    assert!(catch_unwind(|| verify(depends)).is_err());
}

#[test]
fn a_token_stops_a_pipeline() {
    for processes in [1, 2, 7] {
        for shuffled in [false, true] {
            let (token, started) = (CancelToken::new(), AtomicUsize::new(0));
            let settings = Settings::new().processes(processes).cancel(&token);
            let settings = if shuffled { settings.shuffle(3) } else { settings };
            let work = |x| {
                if started.fetch_add(1, SeqCst) == 500 {
                    token.cancel();
                }
                Cost::Even(2_000).pay(x);
                x
            };
            // As an error where there is one to be had, as a panic else.
            let tried: Result<usize, Cancelled> =
                with(settings.clone(), || pipeline!(0.., par(|x| Ok(work(x)), try), serial(mix), count()));
            assert_eq!(tried, Err(Cancelled));
            let after = started.load(SeqCst);
            assert!(after < 5_000, "{after} started");
            let plain = || with(settings, || pipeline!(0.., par(work), serial(mix), count()));
            let payload = catch_unwind(AssertUnwindSafe(plain)).unwrap_err();
            assert!(payload.is::<Cancelled>());
            assert_eq!(started.load(SeqCst), after, "started under a token that is cancelled");
        }
    }
}

#[test]
fn a_shuffled_pipeline_pulls_no_further_once_it_is_to_stop() {
    for processes in [1, 3] {
        let (token, pulled) = (CancelToken::new(), AtomicUsize::new(0));
        let source = (0..10_000_u64).inspect(|_| {
            if pulled.fetch_add(1, SeqCst) == 10 {
                token.cancel();
            }
        });
        let settings = Settings::new().processes(processes).shuffle(1).cancel(&token);
        let run = || with(settings, || pipeline!(source, par(mix), count()));
        let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert!(payload.is::<Cancelled>());
        // And not a whole deck.
        assert!(pulled.load(SeqCst) < 20, "{} pulled", pulled.load(SeqCst));
    }
}

#[test]
fn a_deadline_that_has_passed_starts_nothing() {
    let settings = Settings::new().deadline(Instant::now());
    let started = AtomicUsize::new(0);
    let work = |x: u64| {
        started.fetch_add(1, SeqCst);
        Ok::<_, Cancelled>(x)
    };
    assert_eq!(with(settings, || pipeline!(0..100, par(work, try), count())), Err(Cancelled));
    assert_eq!(started.into_inner(), 0);
}

#[test]
fn a_token_that_nobody_cancels_changes_nothing() {
    let token = CancelToken::new();
    for processes in [1, 2, 7] {
        let settings = Settings::new().processes(processes).cancel(&token);
        let found = with(settings, || {
            pipeline!(
                0..3_000,
                par(|x| {
                    Cost::Even(300).pay(x);
                    mix(x)
                }),
                serial(|x| x),
                collect()
            )
        });
        assert!(found.into_iter().eq((0..3_000).map(mix)));
    }
}
