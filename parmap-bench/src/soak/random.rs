//! Random numbers that a seed decides.

/// splitmix64 (Steele, Lea, Flood 2014): one multiplication chain a number, any seed will do.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// One of `0..n`; 0 for no number at all.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        // The high half of the product: with such small `n` as even as the numbers are.
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of `1..=most`, as often between 1 and 10 as between 10 and 100.
    pub(crate) fn up_to(&mut self, most: u64) -> u64 {
        let unit = self.next() as f64 / u64::MAX as f64;
        ((most.max(1) as f64).powf(unit) as u64).clamp(1, most.max(1))
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// A number that depends on all bits of `x`.
#[inline]
pub(crate) fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
