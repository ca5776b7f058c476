//! Items taken apart in the parameter list, bound `mut`, or not bound at all.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

struct Point {
    x: f64,
    y: f64,
}

#[parmap]
fn norm(&Point { x, y }: &Point) -> f64 {
    x.hypot(y)
}

#[parmap(global = c)]
fn sum((a, [b, ..]): (u8, [u8; 3]), c: u8) -> u8 {
    a + b + c
}

#[parmap]
fn countdown(mut n: u32) -> u32 {
    let mut steps = 0;
    while n > 0 {
        n /= 2;
        steps += 1;
    }
    steps
}

#[parmap]
fn one(_: u8) -> u8 {
    1
}

#[parmap]
fn whole(all @ (a, _): (u8, u8)) -> (u8, (u8, u8)) {
    (a, all)
}

fn main() {
    assert_eq!(norm(&[Point { x: 3.0, y: 4.0 }]), [5.0]);
    assert_eq!(sum(vec![(1, [2, 3, 4])], 5), [8]);
    assert_eq!(countdown(0..4), [0, 1, 2, 2]);
    assert_eq!(one([7, 8]), [1, 1]);
    assert_eq!(whole((1, 2)), (1, (1, 2)));
}
