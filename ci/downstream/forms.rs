//! Every form of every macro, of a crate that is known as `crate::engine` alone, with no name of the standard library but
//! those spelled out. Each crate that has this module differs in what surrounds it.

#[crate::engine::parmap(crate = crate::engine)]
fn doubled(x: u64) -> u64 {
    x * 2
}

#[crate::engine::parmap(crate = crate::engine)]
fn bumped(x: &mut u64) {
    *x += 1;
}

#[crate::engine::parmap(global = (by, more), chunksize = 3, processes = more.len(), crate = crate::engine)]
fn scaled(x: u64, by: u64, more: &[u64]) -> u64 {
    x * by + more[0]
}

#[crate::engine::parmap(index = place, local(seen = 0_u64), crate = crate::engine)]
fn placed(x: u64, place: usize, seen: &mut u64) -> (usize, u64) {
    *seen = x;
    (place, *seen)
}

#[crate::engine::parmap(try, crate = crate::engine)]
fn small(x: u64) -> ::core::result::Result<u64, u64> {
    if x < 10 { ::core::result::Result::Ok(x) } else { ::core::result::Result::Err(x) }
}

#[crate::engine::parmap(try, reduce = max, crate = crate::engine)]
fn largest_small(x: u64) -> ::core::option::Option<u64> {
    if x < 10 { ::core::option::Option::Some(x) } else { ::core::option::Option::None }
}

#[crate::engine::parmap(try, fold = (1, |product, x| product * x), index = i, crate = crate::engine)]
fn product_of_small(x: u64, i: usize) -> ::core::result::Result<u64, usize> {
    if x < 10 { ::core::result::Result::Ok(x) } else { ::core::result::Result::Err(i) }
}

#[crate::engine::parmap(reduce = sum, crate = crate::engine)]
fn squared(x: u64) -> u64 {
    x * x
}

#[crate::engine::parmap(reduce = product, crate = crate::engine)]
fn next(x: u64) -> u64 {
    x + 1
}

#[crate::engine::parmap(reduce = min, crate = crate::engine)]
fn distance(x: u64) -> u64 {
    x.abs_diff(7)
}

#[crate::engine::parmap(reduce = (0, |a, b| a | b), crate = crate::engine)]
fn bit(x: u64) -> u64 {
    1 << x
}

#[crate::engine::parmap(fold = ((0, 0), |sums: (u64, u64), x| (sums.0 + x, sums.1 + sums.0)), crate = crate::engine)]
fn same(x: u64) -> u64 {
    x
}

#[crate::engine::parmap(global = rows, crate = crate::engine)]
fn first_of<'r, T, const N: usize>(i: usize, rows: &'r [[T; N]]) -> &'r T
where
    T: ::core::marker::Sync,
{
    &rows[i][0]
}

#[crate::engine::parmap(global = end, crate = crate::engine)]
fn until(line: &str, end: usize) -> &str {
    &line[..end]
}

#[crate::engine::parmap(crate = crate::engine)]
fn difference((a, b): (u64, u64)) -> u64 {
    a - b
}

struct Table<T, const N: usize>([T; N]);

impl<T, const N: usize> Table<T, N>
where
    T: ::core::marker::Copy + ::core::marker::Send + ::core::marker::Sync,
{
    #[crate::engine::parmap(processes = self.0.len(), crate = crate::engine)]
    fn row(&self, i: usize) -> T {
        self.0[i]
    }

    #[crate::engine::parmap(crate = crate::engine)]
    fn place(i: usize) -> usize {
        i % N
    }
}

fn of_functions() {
    ::core::assert_eq!(doubled(4), 8);
    ::core::assert_eq!(doubled([1, 2, 3]), [2, 4, 6]);
    let mut cells = [1, 2];
    bumped(&mut cells);
    bumped(&mut cells[0]);
    ::core::assert_eq!(cells, [3, 3]);
    ::core::assert_eq!(scaled(0..3, 2, &[5, 6]), [5, 7, 9]);
    ::core::assert_eq!(placed([7, 8]), [(0, 7), (1, 8)]);
    ::core::assert_eq!(small(3..5).unwrap(), [3, 4]);
    ::core::assert_eq!(small(8..12).unwrap_err(), 10);
    ::core::assert!(::core::matches!(
        largest_small([1, 5, 2]),
        ::core::option::Option::Some(::core::option::Option::Some(5))
    ));
    ::core::assert!(largest_small(8..12).is_none());
    ::core::assert!(::core::matches!(product_of_small(1..4), ::core::result::Result::Ok(6)));
    ::core::assert!(::core::matches!(product_of_small(9..12), ::core::result::Result::Err(1)));
    ::core::assert_eq!(squared(0..4), 14);
    ::core::assert_eq!(next(0..4), 24);
    ::core::assert!(::core::matches!(distance([1, 9, 4]), ::core::option::Option::Some(2)));
    ::core::assert_eq!(bit(0..4), 15);
    ::core::assert_eq!(same(1..4), (6, 4));
    ::core::assert_eq!(first_of([1, 0], &[[1, 2], [3, 4]]), [&3, &1]);
    ::core::assert_eq!(until(["abc", "de"], 2), ["ab", "de"]);
    ::core::assert_eq!(difference([(3, 1), (9, 9)]), [2, 0]);
    ::core::assert_eq!(Table([2, 4, 6]).row([2, 0]), [6, 2]);
    ::core::assert_eq!(Table::<u8, 2>::place(0..3), [0, 1, 0]);
}

fn of_calls() {
    use crate::engine::par_map;

    let (by, more, mut out) = (3, [10, 20], [0; 3]);
    ::core::assert_eq!(par_map!(|x: u64| x * by, 0..3, crate = crate::engine), [0, 3, 6]);
    ::core::assert_eq!(par_map!(|x| *x * by, &more, chunksize = 1, processes = 2, crate = crate::engine), [30, 60]);
    ::core::assert_eq!(par_map!(doubled, 0..3_u64, crate = crate::engine), [0, 2, 4]);
    ::core::assert_eq!(par_map!(u64::count_ones, [3, 4], crate = crate::engine), [2, 1]);
    let all = par_map!(
        |x, by, more: &[u64; 2], i, seen| {
            *seen = x + by;
            *seen + i as u64 + more[1]
        },
        [1, 2],
        global = (by, &more),
        index = i,
        local(seen = 0),
        crate = crate::engine,
    );
    ::core::assert_eq!(all, [24, 26]);
    par_map!(|x| x * by, 0..3, into = &mut out, crate = crate::engine);
    par_map!(|x| *x += 1, &mut out, crate = crate::engine);
    ::core::assert_eq!(out, [1, 4, 7]);
    ::core::assert!(::core::matches!(
        par_map!(small_one, 0..3, try, into = &mut out, crate = crate::engine),
        ::core::result::Result::Ok(())
    ));
    ::core::assert_eq!(out, [0, 1, 2]);
    ::core::assert_eq!(par_map!(small_one, 3..5, try, crate = crate::engine).unwrap(), [3, 4]);
    ::core::assert_eq!(par_map!(|x| small_one(x), 3..5, try, reduce = sum, crate = crate::engine).unwrap(), 7);
    ::core::assert_eq!(par_map!(|x| x, 0..4, reduce = (0, |a, b| a ^ b), crate = crate::engine), 0);
    ::core::assert_eq!(par_map!(|x| x, [3, 4], fold = (1, |a, b| a * 10 + b), crate = crate::engine), 134);
    ::core::assert_eq!(par_map!(|x| x, crate::engine::each(0..3), crate = crate::engine), [0, 1, 2]);
}

fn small_one(x: u64) -> ::core::result::Result<u64, u64> {
    small(x)
}

fn of_pipelines() {
    use crate::engine::pipeline;

    let (by, mut seen, mut total) = (3, 0, 0);
    let collected = pipeline!(
        0..10_u64,
        par(|x| x * by),
        par(
            |x, table: &[u64; 2], n| {
                *n = x;
                *n + table[1]
            },
            global = &[1, 2],
            local(n = 0),
            processes = 2
        ),
        par_filter(|x| *x != 5),
        par_filter(|x, limit| *x < limit, global = 100),
        par_filter_map(|x| if x == 8 { ::core::option::Option::None } else { ::core::option::Option::Some(x) }),
        par_flat_map(|x| [x, x + 1], chunksize = 2),
        serial(|x| {
            seen += 1;
            x
        }),
        serial(|x, one| x + one, global = 1),
        serial_filter(|x| *x > 4),
        serial_filter_map(|x| ::core::option::Option::Some(x)),
        serial_flat_map(|x| [x]),
        par(u64::count_ones),
        collect(),
        in_flight = 8,
        processes = 2,
        chunksize = 3,
        crate = crate::engine,
    );
    ::core::assert_eq!((collected.len(), seen), (14, 16));
    ::core::assert_eq!(pipeline!(0..4, par(|x| x), sum(), crate = crate::engine), 6);
    ::core::assert_eq!(pipeline!(0..4, par(|x| x), count(), crate = crate::engine), 4);
    ::core::assert_eq!(pipeline!(1..4, fold(1, |a, x| a * x), crate = crate::engine), 6);
    pipeline!(0..4_u64, par(doubled_one), for_each(|x| total += x), crate = crate::engine);
    ::core::assert_eq!(total, 12);
    let tried = pipeline!(
        8..12,
        par(|x| small_one(x), try),
        serial(small_one, try),
        fold(0, |sum, x| small_one(x).map(|x| sum + x), try),
        crate = crate::engine,
    );
    ::core::assert!(::core::matches!(tried, ::core::result::Result::Err(10)));
    let tried =
        pipeline!(0..3, par_filter(|x| small_one(*x).map(|x| x > 0), try), for_each(|_| ()), crate = crate::engine);
    ::core::assert!(::core::matches!(tried, ::core::result::Result::Ok(())));
}

fn doubled_one(x: u64) -> u64 {
    doubled(x)
}

/// Calls all of them.
pub fn run() {
    of_functions();
    of_calls();
    of_pipelines();
}
