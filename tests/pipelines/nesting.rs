//! Pipelines within mapped functions within pipelines finish, from inside any pool.

use parmap::{Settings, par_map, parmap, pipeline, with};
use rayon::ThreadPoolBuilder;

use crate::work::{Cost, every_order, mix};

fn innermost(x: u64) -> u64 {
    let hash = |all: u64, x: u64| all.rotate_left(5) ^ x;
    pipeline!(
        0..100 + x % 50,
        par(|i| {
            Cost::Even(100).pay(i);
            mix(i ^ x)
        }),
        serial(mix),
        fold(x, hash),
        in_flight = 3
    )
}

#[parmap]
fn mapped(x: u64) -> u64 {
    innermost(x) ^ mix(x)
}

fn outermost(items: u64) -> u64 {
    pipeline!(
        0..items,
        par(|x| mapped(x..x + 5).into_iter().fold(x, |all, y| all.rotate_left(3) ^ y)),
        // What is serial makes calls as well.
        serial(|x| x ^ par_map!(|i| mix(i ^ x) >> 20, 0..20_u64, reduce = sum)),
        fold(0_u64, |all, x| all.rotate_left(5) ^ x ^ innermost(x % 10)),
        in_flight = 4,
    )
}

#[test]
fn three_deep() {
    let expected = with(Settings::new().processes(1), || outermost(30));
    every_order(|| assert_eq!(outermost(30), expected));
}

#[test]
fn from_inside_pools() {
    let expected = with(Settings::new().processes(1), || outermost(30));
    // The caller is one of the threads: with 0, 1 and 2 helpers.
    for threads in [1, 2, 3] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for round in 0..5 {
            pool.install(|| assert_eq!(outermost(30), expected));
            pool.install(|| with(Settings::new().shuffle(round), || assert_eq!(outermost(30), expected)));
            pool.scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|_| assert_eq!(outermost(30), expected));
                }
            });
        }
    }
}

#[test]
fn with_rayon_in_the_stages() {
    // A thread that waits for rayon in a stage may come to help the same pipeline, on top of what it waits for.
    let expected = with(Settings::new().processes(1), || join(300));
    for threads in [1, 2, 3] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for _ in 0..20 {
            pool.install(|| assert_eq!(join(300), expected));
        }
    }
}

fn join(items: u64) -> u64 {
    let both = |x: u64| {
        let half = |salt| {
            Cost::Even(2_000).pay(x);
            mix(x ^ salt)
        };
        let (a, b) = rayon::join(|| half(1), || half(2));
        a ^ b
    };
    let mut last = 0;
    pipeline!(
        0..items,
        par(both),
        serial(|x| {
            last = both(x ^ last);
            last
        }),
        par(both),
        fold(0, |all: u64, x| all.rotate_left(5) ^ x)
    )
}

#[test]
fn from_many_threads_at_once() {
    let expected = outermost(10);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(outermost(10), expected));
        }
    });
}
