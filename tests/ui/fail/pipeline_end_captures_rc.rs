use parmap::pipeline;

use std::rc::Rc;

fn main() {
    let one = Rc::new(1);
    pipeline!([1, 2], for_each(|x| drop(x + *one)));
}
