use parmap::parmap;

use std::cell::Cell;

#[parmap(global = data)]
fn f(x: u8, data: &Cell<u8>) -> u8 {
    x + data.get()
}

fn main() {
    let _: u8 = f(1, &Cell::new(2));
    let _: Vec<u8> = f(vec![1], &Cell::new(2));
}
