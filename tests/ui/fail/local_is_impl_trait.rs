use parmap::parmap;

#[parmap(local(buf = Vec::new()))]
fn f(x: u8, buf: &mut impl Extend<u8>) {
    buf.extend([x]);
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
