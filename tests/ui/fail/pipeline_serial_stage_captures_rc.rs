use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let one = Rc::new(1);
    let _: Vec<u8> = pipeline!([1, 2], serial(|x| x + *one), collect());
}
