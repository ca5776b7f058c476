use parmap::parmap;

use std::rc::Rc;

#[parmap(local(buf = Rc::new(0)))]
fn f(x: u8, buf: &mut Rc<u8>) -> u8 {
    x + **buf
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
