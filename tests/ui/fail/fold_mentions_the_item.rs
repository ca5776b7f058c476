use parmap::parmap;

#[parmap(fold = (x.len(), |sum, x| sum + x))]
fn length(x: &[u8]) -> usize {
    x.len()
}

fn main() {
    let _ = length(vec![&[1, 2][..]]);
}
