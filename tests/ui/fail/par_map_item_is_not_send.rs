use parmap::par_map;

use std::rc::Rc;

fn main() {
    let _ = par_map!(|x| *x, vec![Rc::new(1)]);
}
