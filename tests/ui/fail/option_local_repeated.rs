use parmap::parmap;

#[parmap(local(buf = Vec::new()), local(buf = Vec::new()))]
fn f(x: u8, buf: &mut Vec<u8>) -> usize {
    buf.push(x);
    buf.len()
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
