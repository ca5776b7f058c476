//! One mistake in each macro, and calls that would be right without: three errors, and no other.

/// A function with a mistake.
#[p::parmap(chunksize = 0, crate = ::p)]
pub fn mistaken(x: u64) -> u64 {
    x
}

/// Calls with a mistake.
pub fn calls() -> (Vec<u64>, u64) {
    let _: Vec<u64> = mistaken([1, 2]);
    (
        p::par_map!(|x: u64| x, [1], processes = 0, crate = ::p),
        p::pipeline!([1], par(|x: u64| x), sum(), in_flight = 0, crate = ::p),
    )
}
