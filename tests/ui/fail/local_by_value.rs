use parmap::parmap;

#[parmap(local(buf = Vec::new()))]
fn f(x: u8, buf: Vec<u8>) -> usize {
    buf.len() + usize::from(x)
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
