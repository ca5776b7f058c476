//! How many threads there are: none too many, none too few, and none at all where none can be had.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread::{self, ThreadId},
    time::Duration,
};

use parmap::{Settings, each, indexed, parmap};
use rayon::ThreadPoolBuilder;

use crate::{
    meeting::Meeting,
    process::{in_a_process_of_its_own, is_child, threads},
};

#[parmap(global = (rounds, processes), processes = processes)]
fn work(x: u64, rounds: u64, processes: usize) -> u64 {
    (0..rounds).fold(x.wrapping_add(processes as u64), |x, i| std::hint::black_box(x.wrapping_mul(31) ^ i))
}

#[test]
fn one_process_never_starts_a_thread() {
    in_a_process_of_its_own("threads::one_process_never_starts_a_thread", &[], || {
        let before = threads();
        for _ in 0..10 {
            assert_eq!(work(0..10_000, 1_000, 1).len(), 10_000);
            assert_eq!(work(each((0..10_000).filter(|x| x % 2 == 0)), 1_000, 1).len(), 5_000);
        }
        assert_eq!(threads(), before);
        // Two items that wait for one another need two threads, which would be seen.
        assert_eq!(together(0..2, &Meeting::of(2), 2), [true; 2]);
        assert!(threads() > before || cfg!(not(target_os = "linux")));
    });
}

#[test]
fn small_work_starts_no_thread() {
    #[parmap]
    fn tiny(x: u64) -> u64 {
        x + 1
    }
    // A caller that the system stops in the middle of a call takes that for slow items, and may ask for help once. It is
    // not stopped every time.
    let started_none = (0..10).any(|_| {
        let text = in_a_process_of_its_own("threads::small_work_starts_no_thread", &[], || {
            let before = threads();
            for _ in 0..1_000 {
                // More items than a site that knows nothing asks for help with at once.
                assert_eq!(tiny(0..500).len(), 500);
            }
            println!("started {} threads", threads() - before);
        });
        text.is_empty() || text.contains("started 0 threads")
    });
    assert!(started_none, "in each of ten processes");
}

#[test]
fn where_no_thread_can_be_had_the_caller_finishes() {
    // No thread's stack fits into the address space.
    let no_stack = (usize::MAX >> 17).to_string();
    let environment = [("RUST_MIN_STACK", no_stack.as_str())];
    in_a_process_of_its_own("threads::where_no_thread_can_be_had_the_caller_finishes", &environment, || {
        assert!(thread::Builder::new().spawn(|| ()).is_err(), "this system starts threads whatever their stacks");
        // Somebody else may have found out before.
        assert!(ThreadPoolBuilder::new().build_global().is_err());
        for processes in [0, 2, 3, 64] {
            let expected: Vec<_> = (0..2_000).map(|x| work(x, 1_000, processes)).collect();
            assert_eq!(work(0..2_000, 1_000, processes), expected);
            assert_eq!(work(each(0..2_000), 1_000, processes), expected);
        }
        // The plain loop starts nothing beyond a failure, and neither does a call that runs as one.
        #[parmap(global = calls, processes = 4, chunksize = 100)]
        fn fail(i: usize, calls: &AtomicUsize) -> usize {
            calls.fetch_add(1, Relaxed);
            thread::sleep(Duration::from_micros(20));
            if i == 500 { std::panic::resume_unwind(Box::new(i)) } else { i }
        }
        let check = |map: fn(&AtomicUsize) -> Vec<usize>| {
            let calls = AtomicUsize::new(0);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| map(&calls))).unwrap_err();
            assert_eq!(calls.load(Relaxed), 501);
        };
        check(|calls| fail(0..5_000, calls));
        check(|calls| fail(each(0..5_000), calls));
        check(|calls| fail(indexed(0..5_000), calls));
    });
}

#[parmap(global = (meeting, processes), processes = processes)]
fn together(_item: u32, meeting: &Meeting, processes: usize) -> bool {
    let _ = processes;
    // Each call finds heavy items, and leaves the site expecting some.
    thread::sleep(Duration::from_millis(10));
    meeting.meet()
}

#[test]
fn few_heavy_items_run_together_on_a_sites_first_call() {
    in_a_process_of_its_own("threads::few_heavy_items_run_together_on_a_sites_first_call", &[], || {
        #[parmap(global = meeting, processes = 4)]
        fn first_call(_item: u32, meeting: &Meeting) -> bool {
            meeting.meet()
        }
        assert_eq!(first_call(0..4, &Meeting::of(4)), [true; 4]);

        #[parmap(global = meeting)]
        fn first_call_in_a_pool(_item: u32, meeting: &Meeting) -> bool {
            meeting.meet()
        }
        let pool = ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        assert_eq!(pool.install(|| first_call_in_a_pool(0..4, &Meeting::of(4))), [true; 4]);

        #[parmap(global = meeting, processes = 4)]
        fn first_call_of_an_iterator(_item: u32, meeting: &Meeting) -> bool {
            meeting.meet()
        }
        assert_eq!(first_call_of_an_iterator(each(0..4), &Meeting::of(4)), [true; 4]);
    });
}

#[test]
fn heavy_items_after_many_tiny_calls_are_late_by_one_at_most() {
    in_a_process_of_its_own("threads::heavy_items_after_many_tiny_calls_are_late_by_one_at_most", &[], || {
        // The first item is done alone, before the caller knows; the other four then meet.
        #[parmap(global = (ready, meeting), processes = 4)]
        fn heavy_behind_one(item: u32, ready: bool, meeting: &Meeting) -> bool {
            if ready || item == 0 {
                thread::sleep(Duration::from_millis(if ready { 0 } else { 20 }));
                return true;
            }
            meeting.meet()
        }
        for _ in 0..1_000 {
            heavy_behind_one(0..5, true, &Meeting::of(0));
        }
        assert_eq!(heavy_behind_one(0..5, false, &Meeting::of(4)), [true; 5]);
    });
}

#[test]
fn a_helper_that_finds_the_iterator_busy_is_asked_again() {
    in_a_process_of_its_own("threads::a_helper_that_finds_the_iterator_busy_is_asked_again", &[], || {
        #[parmap(global = meeting, processes = 2)]
        fn meet(_item: u32, meeting: &Meeting) -> bool {
            thread::sleep(Duration::from_millis(10));
            meeting.meet()
        }
        // No helper waits for this long, and the next chance to ask is behind an item that waits for one.
        let slow = |items| each((0..items).inspect(|_| thread::sleep(Duration::from_millis(20))));
        let known_to_be_dear = meet(slow(2), &Meeting::of(1));
        assert_eq!(known_to_be_dear, [true; 2]);
        assert_eq!(meet(slow(2), &Meeting::of(2)), [true; 2]);
        let shuffled = Settings::new().shuffle(7);
        assert_eq!(parmap::with(shuffled, || meet(slow(2), &Meeting::of(2))), [true; 2]);
    });
}

#[test]
fn as_many_threads_as_asked_for_and_no_more() {
    in_a_process_of_its_own("threads::as_many_threads_as_asked_for_and_no_more", &[], || {
        #[parmap(global = processes, processes = processes, chunksize = 1)]
        fn who(_item: u32, processes: usize) -> ThreadId {
            thread::sleep(Duration::from_micros(200 * u64::from(processes > 0)));
            thread::current().id()
        }
        for processes in [1, 2, 3, 7] {
            let workers: HashSet<ThreadId> = who(0..300, processes).into_iter().collect();
            assert!(workers.len() <= processes && workers.contains(&thread::current().id()));
        }
        // All of them come if the work is there.
        for processes in [2, 3, 7, 32] {
            assert_eq!(together(0..processes as u32, &Meeting::of(processes), processes), vec![true; processes]);
        }
    });
}

#[test]
fn an_iterator_of_unknown_length_gets_as_many_threads_as_it_can_use() {
    in_a_process_of_its_own("threads::an_iterator_of_unknown_length_gets_as_many_threads_as_it_can_use", &[], || {
        #[parmap(processes = 6)]
        fn who(_item: u32) -> ThreadId {
            thread::sleep(Duration::from_millis(10));
            thread::current().id()
        }
        let workers: HashSet<ThreadId> = who(each((0..200).filter(|_| true))).into_iter().collect();
        assert!(workers.len() > 3, "only {}", workers.len());
    });
}

#[test]
fn a_number_of_processes_without_bound_is_as_many_as_there_can_be() {
    in_a_process_of_its_own("threads::a_number_of_processes_without_bound_is_as_many_as_there_can_be", &[], || {
        let before = threads();
        let expected: Vec<_> = (0..40).map(|x| work(x, 1_000, usize::MAX)).collect();
        assert_eq!(work(0..40, 1_000, usize::MAX), expected);
        assert_eq!(work(each((0..40).filter(|_| true)), 1_000, usize::MAX), expected);
        assert!(threads() - before < 1_100);
    });
}

#[test]
fn chunks_are_not_divided() {
    in_a_process_of_its_own("threads::chunks_are_not_divided", &[], || {
        #[parmap(global = (micros, chunksize), processes = 3, chunksize = chunksize)]
        fn who(_item: u32, micros: u64, chunksize: usize) -> ThreadId {
            let _ = chunksize;
            thread::sleep(Duration::from_micros(micros));
            thread::current().id()
        }
        // Known and unknown costs, cheap items and dear ones.
        for micros in [500, 500, 0, 0, 500] {
            for workers in [who(0..300, micros, 25), who((0..300).collect::<Vec<_>>(), micros, 25)] {
                assert!(workers.chunks(25).all(|chunk| chunk.iter().all(|worker| *worker == chunk[0])));
            }
            let workers = who(0..310, micros, 310);
            assert!(workers.iter().all(|worker| *worker == thread::current().id()), "one chunk is the caller's");
        }
        let workers: HashSet<ThreadId> = who(0..300, 1_000, 25).into_iter().collect();
        assert!(workers.len() > 1);
    });
}

#[test]
fn a_call_from_a_destructor_of_a_thread_that_ends() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            assert_eq!(work(0..200, 2_000, 3).len(), 200);
            assert_eq!(work(0..200, 2_000, 0).len(), 200);
        }
    }
    thread_local!(static LAST: Last = const { Last });
    in_a_process_of_its_own("threads::a_call_from_a_destructor_of_a_thread_that_ends", &[], || {
        thread::spawn(|| LAST.with(|_| ())).join().unwrap();
        thread::spawn(|| {
            LAST.with(|_| ());
            assert_eq!(work(0..200, 2_000, 2).len(), 200);
        })
        .join()
        .unwrap();
    });
}

#[test]
fn a_panic_names_its_item_and_site() {
    let text = in_a_process_of_its_own("threads::a_panic_names_its_item_and_site", &[], || {
        #[parmap(processes = 3, chunksize = 1)]
        fn unlucky(i: u32) -> u32 {
            assert!(i != 13 && i != 40, "no luck with {i}");
            i
        }
        std::panic::catch_unwind(|| unlucky(0..100)).unwrap_err();
        std::panic::catch_unwind(|| unlucky(13)).unwrap_err();
    });
    if !is_child() {
        let lines: Vec<_> = text.lines().filter(|line| line.starts_with("parmap:")).collect();
        assert_eq!(lines.len(), 1, "one line for the call with many items, none for the plain call:\n{text}");
        let place =
            lines[0].strip_prefix("parmap: item 13 of unlucky (").and_then(|rest| rest.strip_suffix(") panicked"));
        assert!(place.is_some_and(|place| place.contains("threads.rs:")), "{}", lines[0]);
    }
}
