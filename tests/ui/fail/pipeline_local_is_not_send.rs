use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], par(|x, one| x + **one, local(one = Rc::new(1))), collect());
}
