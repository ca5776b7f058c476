//! A trait of the user's that gives every type methods by value, called what parmap calls its own.
//! (`tests/ui/pass` has one with `&self` alone, which hides less: the compiler looks at methods by value first.)

use parmap::parmap;

macro_rules! anything {
    ($($name:ident)*) => {
        /// Methods by value.
        pub trait Anything: Sized {
            $(
                /// Not what it is called.
                fn $name(self) -> Wrong {
                    Wrong
                }
            )*
        }
    };
}

/// What a method of [`Anything`] gives.
#[derive(Debug)]
pub struct Wrong;

anything! {
    new chunksize processes progress item takes par and_par par_within serial collect for_each fold sum count run
    run_by_default under_orders this judge one many whole of chunk drive natural body candidate settle shared tries
}

impl<T> Anything for T {}

/// With options, each of which tells the engine something.
#[parmap(global = by, chunksize = 2, processes = 2, index = i, local(n = 0_u64), try, fold = (0, |a, b| a + b))]
pub fn scaled(x: u64, by: u64, i: usize, n: &mut u64) -> Option<u64> {
    *n = i as u64;
    Some(x * by + *n)
}

/// Without.
#[parmap]
pub fn same(x: u64) -> u64 {
    x
}

#[test]
fn a_users_methods_are_not_the_engines() {
    assert_eq!(scaled(0..3, 2), Some(9));
    assert_eq!(same([1, 2]), [1, 2]);
    let by = 2;
    let mapped = parmap::par_map!(
        |x, i, n| {
            *n = i;
            x * by + *n
        },
        [1, 2],
        index = i,
        local(n = 0),
        chunksize = 1,
        processes = 2
    );
    assert_eq!(mapped, [2, 5]);
    assert_eq!(parmap::par_map!(u64::count_ones, [1, 3], reduce = (0, |a, b| a + b)), 3);
    let _: Wrong = 1.item();
}

#[test]
fn a_users_methods_are_not_the_pipelines() {
    let by = 2;
    let all = parmap::pipeline!(
        [1, 2, 3],
        par(|x| x * by, chunksize = 2, processes = 2),
        par(
            |x, y, n| {
                *n = y;
                x + *n
            },
            global = by,
            local(n = 0)
        ),
        par(i32::abs),
        par_filter(|x| *x != 4),
        serial(|x, y| x + y, global = &by),
        serial_flat_map(|x| [x]),
        collect(),
        chunksize = 3,
        processes = 2,
        in_flight = 2,
    );
    assert_eq!(all, [8, 10]);
    assert_eq!(parmap::pipeline!([1, 2], fold(1, |a, x| a * x)), 2);
    parmap::pipeline!([1, 2], for_each(|x| assert!(x < 3)));
}
