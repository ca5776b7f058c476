use parmap::parmap;

#[parmap(reduce = 0, |a, b| a.max(b), processes = 2)]
fn double(x: u8) -> u8 {
    2 * x
}

fn main() {
    let _: u8 = double([1, 2]);
}
