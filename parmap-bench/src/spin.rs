//! Work of a known size.

/// Steps of a chain that no compiler shortens; one takes about 1.7 ns at 2.5 GHz, and 0.5 ns where few of them are done for
/// many items at once.
#[inline]
pub(crate) fn spin(mut x: u64, steps: u32) -> u64 {
    for _ in 0..steps {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        x ^= x >> 29;
    }
    x
}
