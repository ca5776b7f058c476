use parmap::par_map;

use std::rc::Rc;

fn main() {
    let _ = par_map!(|x| Rc::new(x), [1, 2]);
}
