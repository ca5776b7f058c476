use parmap::par_map;

use std::cell::Cell;

fn main() {
    let one = Cell::new(1);
    let _ = par_map!(|x, one: &Cell<u8>| x + one.get(), [1, 2], global = &one);
}
