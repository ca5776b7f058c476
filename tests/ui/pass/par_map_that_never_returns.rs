//! Functions that never return, in edition 2024, where the type of what they return is `!`; types from the call's use.
#![deny(warnings)]
use parmap::par_map;
use std::{convert::identity, panic::catch_unwind};

fn main() {
    let (none, c) = ([0_u8; 0], catch_unwind(|| true).is_err());
    par_map!(|_| todo!(), none);
    par_map!(|_| panic!(), &none);
    par_map!(|_| loop {}, none);
    par_map!(|_| if c { panic!() } else { todo!() }, none);
    par_map!(|_| panic!("{c}"), &none, processes = 2);
    let numbers: Vec<u8> = par_map!(|_| todo!(), none);
    let more: Vec<u8> = par_map!(|_| { panic!("{c}"); }, none);
    let still_more: Vec<u8> = par_map!(|_| { loop {}; }, none);
    let unknown: Vec<_> = par_map!(|_| loop {}, none);
    let parsed: Vec<u8> = par_map!(|text| text.parse().unwrap(), ["1"]);
    let some: Vec<_> = par_map!(|x| if x > 1 { panic!() } else { x }, [1]);
    par_map!(|x| drop(x), [vec![1]]);
    par_map!(|x| { identity(x); }, [1]);
    par_map!(drop, [vec![1]]);
    assert_eq!((numbers.len(), more.len(), still_more.len(), unknown.len()), (0, 0, 0, 0));
    assert_eq!((parsed, some), (vec![1], vec![1]));
}
