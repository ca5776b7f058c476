use parmap::parmap;

#[parmap(chunksize = x.len())]
fn length(x: &[u8]) -> usize {
    x.len()
}

fn main() {
    let _ = length(vec![&[1, 2][..]]);
}
