//! Functions of their item alone: those that the compiler makes fast, and on which nothing is counted.

use parmap::{Settings, each, par_map, parmap, verify, with};

use super::{Form, Length, form, forms, maps::hash};
use crate::soak::{probe::Probe, random::mix};

#[parmap]
fn mixed(x: u64) -> u64 {
    mix(x)
}

#[parmap(processes = 2, chunksize = 10)]
fn halved(x: f64) -> f64 {
    x * 0.5
}

#[parmap(reduce = (0.0, |a: f64, b: f64| a + b))]
fn root(x: u64) -> f64 {
    (x as f64).sqrt() - 1e3 * f64::from(x % 7 == 0)
}

#[parmap(fold = (0.0, |a: f64, b: f64| a * 0.999 + b))]
fn root_folded(x: u64) -> f64 {
    (x as f64).sqrt()
}

/// The bits of a sum of floating-point numbers by one worker, and by as many as come.
fn bits(p: &Probe<'_>) -> (u64, u64) {
    let alone = Settings::new().processes(1).chunksize(p.chunksize());
    let wide = Settings::new().processes(4).chunksize(p.chunksize());
    (with(alone, || root(0..p.items())).to_bits(), with(wide, || root(0..p.items())).to_bits())
}

forms! {
    range: pure |p| mixed(0..p.items()), (0..p.items()).map(mix).collect::<Vec<_>>();
    vector: pure |p| mixed(p.positions()), (0..p.items()).map(mix).collect::<Vec<_>>();
    clones: pure |p| mixed(&p.positions()), (0..p.items()).map(mix).collect::<Vec<_>>();
    floats: pure |p| {
        halved(p.positions().into_iter().map(|x| x as f64).collect::<Vec<_>>())
    }, p.positions().into_iter().map(|x| x as f64 * 0.5).collect::<Vec<_>>();
    squares: pure |p| {
        par_map!(|x| x * x, 0..p.items(), processes = p.processes(), chunksize = p.chunksize())
    }, (0..p.items()).map(|x| x * x).collect::<Vec<_>>();
    sum: pure |p| par_map!(|x| x ^ 5, 0..p.items(), reduce = sum), (0..p.items()).map(|x| x ^ 5).sum::<u64>();
    small_numbers: pure |p| {
        par_map!(|x: u32| x as u8, 0..p.items() as u32)
    }, (0..p.items()).map(|x| x as u8).collect::<Vec<_>>();
    without_size: pure |p| par_map!(|_| (), 0..p.items()), ();
    hashed: pure |p| par_map!(mix, 0..p.items(), fold = (1, hash)), (0..p.items()).map(mix).fold(1, hash);
    stable_bits: pure |p| {
        let (alone, shared) = bits(p);
        alone == shared
    }, true;
    bits_of_a_fold: pure |p| {
        root_folded(0..p.items()).to_bits()
    }, (0..p.items()).fold(0.0, |a, x| a * 0.999 + (x as f64).sqrt()).to_bits();
    verified(Length::AtMost(300)): pure |p| {
        verify(|| par_map!(|x| p.value(x), each(0..p.items()), chunksize = p.chunksize()))
    }, p.values();
    one_item(Length::Exactly(1)): pure |p| mixed(p.items()), mix(1);
}
