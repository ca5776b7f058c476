use parmap::parmap;

use std::rc::Rc;

#[parmap]
fn f(x: Rc<u8>) -> u8 {
    *x
}

fn main() {
    let _: u8 = f(Rc::new(1));
    let _: Vec<u8> = f(vec![Rc::new(1)]);
}
