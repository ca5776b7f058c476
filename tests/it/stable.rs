//! One value, bit for bit: `reduce` whoever did which items, `fold` as the plain loop.

use std::{cmp::Ordering, collections::HashSet, hint::black_box, num::Wrapping};

use parmap::{Settings, each, indexed, par_map, parmap, with};
use rayon::prelude::*;

use crate::widths::{GROUPED, every_order};

/// Numbers of mixed sign and magnitude, whose sum depends on the order in which they are added.
fn mixed(length: usize) -> Vec<f64> {
    let mut state = 88_172_645_463_325_252_u64;
    (0..length)
        .map(|_| {
            // Xorshift (Marsaglia 2003).
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let exponent = (state % 41) as i32 - 20;
            ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * 10_f64.powi(exponent)
        })
        .collect()
}

#[parmap(reduce = sum)]
fn total(x: &f64) -> f64 {
    *x
}

#[parmap(reduce = sum)]
fn total_by_value(x: f64) -> f64 {
    x
}

#[parmap(global = data, reduce = sum)]
fn total_by_index(i: usize, data: &[f64]) -> f64 {
    data[i]
}

const MILLION: usize = 1_000_000;

#[test]
fn the_order_matters_for_these_numbers() {
    let data = mixed(MILLION);
    let forwards: f64 = data.iter().sum();
    let backwards: f64 = data.iter().rev().sum();
    let in_pieces: f64 = data.chunks(1_000).map(|piece| piece.iter().sum::<f64>()).sum();
    assert_eq!(HashSet::from([forwards, backwards, in_pieces, total(&data)].map(f64::to_bits)).len(), 4);
    // And the total is as good as any.
    let magnitude: f64 = data.iter().map(|x| x.abs()).sum();
    assert!((total(&data) - forwards).abs() <= 1e-12 * magnitude);
}

#[test]
fn a_sum_of_a_million_has_one_bit_pattern() {
    let data = mixed(MILLION);
    let bits: HashSet<u64> = (1..=16)
        .flat_map(|processes| (0..50).map(move |_| Settings::new().processes(processes)))
        .map(|settings| with(settings, || total(&data)).to_bits())
        .collect();
    assert_eq!(bits.len(), 1);
}

#[test]
fn every_chunk_size_schedule_and_collection_gives_the_same_bits() {
    let data = mixed(MILLION);
    let expected = with(Settings::new().processes(1), || total(&data)).to_bits();
    for chunksize in [1, 2, 25, 511, 512, 513, 1_000, 77_777, MILLION] {
        for processes in [1, 2, 7] {
            let settings = Settings::new().chunksize(chunksize).processes(processes);
            assert_eq!(with(settings.clone(), || total(&data)).to_bits(), expected, "{settings:?}");
            let shuffled = settings.shuffle(chunksize as u64);
            assert_eq!(with(shuffled.clone(), || total(&data)).to_bits(), expected, "{shuffled:?}");
        }
    }
    for seed in 0..10 {
        let settings = Settings::new().processes(4).shuffle(seed);
        assert_eq!(with(settings, || total(&data)).to_bits(), expected, "seed {seed}");
    }
    every_order(|| {
        let totals = [
            total_by_value(&data),
            total_by_value(data.clone()),
            total_by_index(0..MILLION, &data),
            total(each(&data)),
            total(each(data.iter().filter(|_| true))),
            total(indexed(data.par_iter())),
            par_map!(|x| *x, &data, reduce = sum),
        ];
        assert_eq!(totals.map(f64::to_bits), [expected; 7]);
    });
}

#[test]
fn items_of_uneven_cost_give_the_same_bits() {
    #[parmap(global = data, reduce = sum)]
    fn uneven(i: usize, data: &[f64]) -> f64 {
        // A cluster of dear items, and others here and there.
        let rounds = if i % 1_000 > 950 || i % 97 == 0 { 2_000 } else { 1 };
        (0..rounds).for_each(|round| _ = black_box(round));
        data[i]
    }
    let data = mixed(20_000);
    let expected = with(Settings::new().processes(1), || uneven(0..20_000, &data)).to_bits();
    for _ in 0..20 {
        every_order(|| assert_eq!(uneven(0..20_000, &data).to_bits(), expected));
    }
}

#[test]
fn a_fold_gives_the_loops_bits() {
    #[parmap(fold = (0.0, |sum, r| sum + r))]
    fn summed(x: &f64) -> f64 {
        *x
    }
    #[parmap(fold = (0.1, |all: f64, r: f64| if r > 0.0 { (all + r).sqrt() } else { r - all }))]
    fn mangled(x: &f64) -> f64 {
        *x
    }
    let data = mixed(MILLION);
    let sum: f64 = data.iter().fold(0.0, |sum, x| sum + x);
    let mangle = |all: f64, r: f64| if r > 0.0 { (all + r).sqrt() } else { r - all };
    let all = data.iter().copied().fold(0.1, mangle);
    for processes in 1..=8 {
        for chunksize in [0, 1, 1_000] {
            let settings = Settings::new().processes(processes).chunksize(chunksize);
            with(settings.clone(), || {
                assert_eq!(summed(&data).to_bits(), sum.to_bits());
                assert_eq!(mangled(&data).to_bits(), all.to_bits());
                assert_eq!(par_map!(|x| x, each(data.iter().copied()), fold = (0.1, mangle)).to_bits(), all.to_bits());
            });
        }
    }
    for length in GROUPED {
        let data = &data[..length];
        let (sum, all) = (data.iter().fold(0.0, |sum, x| sum + x), data.iter().copied().fold(0.1, mangle));
        every_order(|| {
            assert_eq!(summed(data).to_bits(), sum.to_bits());
            assert_eq!(mangled(indexed(data.par_iter())).to_bits(), all.to_bits());
        });
    }
}

#[test]
fn a_fold_that_groups_by_order_is_the_loops() {
    let parenthesize = |all: String, r: u64| if r % 3 == 0 { format!("({all}){r}") } else { all + &r.to_string() };
    for length in [0, 1, 2, 127, 128, 129, 700] {
        let expected = (0..length).fold(String::from("."), parenthesize);
        every_order(|| {
            assert_eq!(par_map!(|x| x, 0..length, fold = (String::from("."), parenthesize)), expected);
            assert_eq!(par_map!(|x| x, each(0..length), fold = (String::from("."), parenthesize)), expected);
        });
    }
}

#[test]
fn a_fold_may_keep_its_own_state() {
    every_order(|| {
        let mut order = Vec::new();
        let count = par_map!(
            |x| x,
            0..2_000_u64,
            fold = (0, |count: usize, r| {
                order.push(r);
                count + 1
            })
        );
        assert_eq!(count, 2_000);
        assert!(order.into_iter().eq(0..2_000));
    });
}

/// Equal to others of the same key, but not the same.
#[derive(Clone, Copy, Debug)]
struct Keyed(u64, usize);

impl PartialEq for Keyed {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Keyed {}

impl PartialOrd for Keyed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Keyed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

#[test]
fn of_equal_results_min_is_the_first_and_max_the_last() {
    #[parmap(index = i, reduce = min)]
    fn least(x: u64, i: usize) -> Keyed {
        Keyed(x * 7 % 10, i)
    }
    #[parmap(index = i, reduce = max)]
    fn greatest(x: u64, i: usize) -> Keyed {
        Keyed(x * 7 % 10, i)
    }
    for n in GROUPED {
        let keyed = || (0..n).map(|i| Keyed(i as u64 * 7 % 10, i));
        let (min, max) = (keyed().min().map(|least| least.1), keyed().max().map(|greatest| greatest.1));
        every_order(|| {
            assert_eq!(least(0..n as u64).map(|least| least.1), min);
            assert_eq!(greatest(0..n as u64).map(|greatest| greatest.1), max);
            assert_eq!(greatest(each(0..n as u64)).map(|greatest| greatest.1), max);
        });
    }
}

#[test]
fn of_no_items_there_is_the_identity() {
    #[parmap(reduce = product)]
    fn factor(x: u32) -> Wrapping<u32> {
        Wrapping(x)
    }
    #[parmap(reduce = max)]
    fn greatest(x: u32) -> u32 {
        x
    }
    #[parmap(reduce = ("identity".to_owned(), |_, _| unreachable!("nothing to combine")))]
    fn word(x: u32) -> String {
        x.to_string()
    }
    #[parmap(fold = ("init".to_owned(), |_: String, _| unreachable!("nothing to fold")))]
    fn folded(x: u32) -> u32 {
        x
    }
    every_order(|| {
        // An empty sum of floats is -0.0, as the standard library has it.
        assert_eq!(total(&[] as &[f64; 0]).to_bits(), [0.0_f64; 0].iter().sum::<f64>().to_bits());
        assert_eq!(factor(0..0), Wrapping(1));
        assert_eq!((greatest(0..0), par_map!(|x: u32| x, Vec::new(), reduce = min)), (None, None));
        assert_eq!((word(0..0), folded(each(0..0))), ("identity".to_owned(), "init".to_owned()));
    });
}

#[test]
fn an_identity_that_is_none_counts_once() {
    for n in GROUPED {
        let expected = 100 + (0..n as u64).sum::<u64>();
        every_order(|| {
            assert_eq!(par_map!(|x| x, 0..n as u64, reduce = (100, |a, b| a + b)), expected);
            assert_eq!(par_map!(|x| x, each(0..n as u64), reduce = (100, |a, b| a + b)), expected);
        });
    }
}
