use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let one = Rc::new(1);
    let _: Vec<u8> = pipeline!((0..2).map(|x| x + *one), par(|x| x), collect());
}
