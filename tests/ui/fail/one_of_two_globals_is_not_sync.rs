use parmap::parmap;

use std::cell::Cell;

#[parmap(global = (a, b))]
fn f(x: u8, a: &Cell<u8>, b: &u8) -> u8 {
    x + a.get() + b
}

fn main() {
    let _: u8 = f(1, &Cell::new(2), &3);
    let _: Vec<u8> = f(vec![1], &Cell::new(2), &3);
}
