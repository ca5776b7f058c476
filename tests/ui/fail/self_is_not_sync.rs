use parmap::parmap;

use std::cell::Cell;

struct S(Cell<u8>);

impl S {
    #[parmap]
    fn f(&self, x: u8) -> u8 {
        x + self.0.get()
    }
}

fn main() {
    let _: u8 = S(Cell::new(1)).f(1);
    let _: Vec<u8> = S(Cell::new(1)).f(vec![1]);
}
