use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let _ = pipeline!([1, 2], serial(|x| Rc::new(x)), count());
}
