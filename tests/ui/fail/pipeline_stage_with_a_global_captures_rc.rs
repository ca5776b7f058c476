use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let one = Rc::new(1);
    let _: Vec<u8> = pipeline!([1, 2], par(|x, y| x + y + *one, global = 1), collect());
}
