use parmap::parmap;

#[parmap(local(buf = vec![x; 3]))]
fn kept(x: u8, buf: &mut Vec<u8>) -> u8 {
    buf[0] + x
}

fn main() {
    let _ = kept([1, 2]);
}
