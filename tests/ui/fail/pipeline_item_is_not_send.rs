use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let _: Vec<u8> = pipeline!(vec![Rc::new(1)], par(|x| *x), collect());
}
