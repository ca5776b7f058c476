use parmap::parmap;

use std::rc::Rc;

#[parmap]
fn f(x: u8) -> Rc<u8> {
    Rc::new(x)
}

fn main() {
    let _: Rc<u8> = f(1);
    let _: Vec<Rc<u8>> = f(vec![1]);
}
