//! Calls within calls finish, at any depth, and from inside any pool.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use parmap::{par_map, parmap};
use rayon::ThreadPoolBuilder;

use crate::{meeting::Meeting, process::in_a_process_of_its_own, widths::PROCESSES};

#[parmap(global = processes, processes = processes)]
fn level3(x: u64, processes: usize) -> u64 {
    let _ = processes;
    (0..200).fold(x, |x, i| x.wrapping_mul(31) ^ i)
}

#[parmap(global = processes, processes = processes)]
fn level2(x: u64, processes: usize) -> u64 {
    level3(0..20 + x % 7, processes).into_iter().fold(x, |sum, y| sum.wrapping_add(y))
}

#[parmap(global = processes, processes = processes)]
fn level1(x: u64, processes: usize) -> u64 {
    level2(vec![x; 20], processes).into_iter().fold(x, |sum, y| sum.rotate_left(1) ^ y)
}

fn expected() -> Vec<u64> {
    (0..20).map(|x| level1(x, 1)).collect()
}

#[test]
fn three_deep() {
    let expected = expected();
    for processes in PROCESSES {
        assert_eq!(level1(0..20, processes), expected);
    }
    assert_eq!(level1(0..20, 0), expected);
}

#[test]
fn from_inside_a_pool_of_one_and_of_two() {
    let expected = expected();
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for processes in [0, 1, 2, 3, 7, 64] {
            assert_eq!(pool.install(|| level1(0..20, processes)), expected);
            pool.scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|_| assert_eq!(level1(0..20, processes), expected));
                }
            });
        }
    }
}

#[test]
fn by_recursion() {
    struct Node {
        value: u64,
        children: Vec<Node>,
    }

    fn tree(depth: u64) -> Node {
        let children = if depth == 0 { Vec::new() } else { vec![tree(depth - 1), tree(depth - 1)] };
        Node { value: depth, children }
    }

    #[parmap(processes = 3)]
    fn sum(node: &Node) -> u64 {
        node.value + sum(&node.children).into_iter().sum::<u64>()
    }
    // A node of depth d and both its children: s(d) = d + 2 s(d - 1), so 2^(d + 1) - d - 2.
    assert_eq!(sum(&tree(9)), 1_024 - 11);
}

#[test]
fn from_many_threads_at_once() {
    let expected = expected();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for processes in [0, 2, 3] {
                    assert_eq!(level1(0..20, processes), expected);
                }
            });
        }
    });
}

#[test]
fn a_caller_in_the_pool_helps_the_call_that_its_helper_has_open() {
    in_a_process_of_its_own("nesting::a_caller_in_the_pool_helps_the_call_that_its_helper_has_open", &[], || {
        let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        // Both threads of the pool are at work on the outer call. Then the caller is done, and waits.
        let outer = |_: u32, (caller, both): (thread::ThreadId, &Meeting)| {
            assert!(both.meet());
            if thread::current().id() == caller {
                return Vec::new();
            }
            let two = Meeting::of(2);
            let meet = || {
                // So dear that help is asked for before the first, also when the site is known.
                thread::sleep(Duration::from_millis(2));
                two.meet()
            };
            par_map!(|_| meet(), 0..2)
        };
        // Once more at a known site, and where the caller may look out for a run that could be given back.
        for items in [2, 2, 3] {
            let met = pool.install(|| {
                let (caller, both) = (thread::current().id(), Meeting::of(2));
                par_map!(|i| if i < 2 { outer(i, (caller, &both)) } else { Vec::new() }, 0..items)
            });
            assert_eq!(met.concat(), [true; 2]);
        }
    });
}

#[test]
fn callers_of_no_pool_do_not_wait_for_rayon_in_calls_inside_their_own() {
    in_a_process_of_its_own("nesting::callers_of_no_pool_do_not_wait_for_rayon_in_calls_inside_their_own", &[], || {
        #[parmap(processes = 2)]
        fn inner(x: u64) -> u64 {
            thread::sleep(Duration::from_millis(5));
            rayon::join(|| x, || x).0
        }
        // One worker is done soon, and waits for the other, whose call wants help.
        #[parmap(processes = 2)]
        fn outer(x: u64) -> u64 {
            thread::sleep(Duration::from_millis(1));
            if x == 0 {
                thread::sleep(Duration::from_millis(20));
                return 0;
            }
            inner(0..40).into_iter().sum()
        }
        // All threads of the global pool are callers inside, and as many callers outside wait for them.
        ThreadPoolBuilder::new().num_threads(2).build_global().unwrap();
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| assert_eq!(outer(0..2), [0, 780]));
                }
            });
        }
    });
}

#[test]
fn a_caller_that_holds_a_lock_is_given_nothing_of_other_calls() {
    in_a_process_of_its_own("nesting::a_caller_that_holds_a_lock_is_given_nothing_of_other_calls", &[], || {
        let pool = ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        // Whose items would find that their own thread holds the lock.
        let holder = Mutex::new(None);
        let (both, [is_held, is_open, is_late]) = (Meeting::of(2), [(); 3].map(|()| Meeting::of(2)));
        let trespassed = AtomicBool::new(false);
        // One item holds the lock while it waits for a call of its own, whose other worker is late.
        let with_lock = || {
            let here = thread::current().id();
            *holder.lock().unwrap() = Some(here);
            let all_met = par_map!(
                |_| {
                    let mut met = both.meet();
                    if thread::current().id() != here {
                        met &= is_held.meet() && is_open.meet();
                        // Long enough for the one who waits to come to rest, and to be tempted.
                        thread::sleep(Duration::from_millis(100));
                        met &= is_late.meet();
                    }
                    met
                },
                0..2,
                processes = 2
            );
            *holder.lock().unwrap() = None;
            all_met
        };
        // The other has meanwhile a call open that wants help.
        let without_lock = || {
            let met = is_held.meet();
            let all_met = par_map!(
                |i| {
                    let is_here = *holder.lock().unwrap() == Some(thread::current().id());
                    trespassed.fetch_or(is_here, Relaxed);
                    i > 0 || is_open.meet() && is_late.meet()
                },
                0..2,
                processes = 2
            );
            [met, all_met == [true; 2]].to_vec()
        };
        let met = pool.install(|| par_map!(|i| if i == 0 { with_lock() } else { without_lock() }, 0..2, processes = 2));
        assert_eq!(met.concat(), [true; 4]);
        assert!(!trespassed.into_inner(), "a worker was given what it did not wait for");
    });
}
