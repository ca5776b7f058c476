use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let _ = pipeline!([1, 2], par(|x| x + 1), par(|x| Rc::new(x)), collect());
}
