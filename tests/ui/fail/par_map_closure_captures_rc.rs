use parmap::par_map;

use std::rc::Rc;

fn main() {
    let one = Rc::new(1);
    let _ = par_map!(|x| x + *one, [1, 2]);
}
