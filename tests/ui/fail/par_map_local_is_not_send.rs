use parmap::par_map;

use std::rc::Rc;

fn main() {
    let _ = par_map!(|x, one| x + **one, [1, 2], local(one = Rc::new(1)));
}
