use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let _ = pipeline!([1, 2], fold(Rc::new(0), |a, _| a));
}
