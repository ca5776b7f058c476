use parmap::parmap;

#[parmap(local(buf = Vec::new()))]
fn f(x: u8, buf: &mut Vec<u8>) -> &u8 {
    buf.push(x);
    &buf[0]
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
