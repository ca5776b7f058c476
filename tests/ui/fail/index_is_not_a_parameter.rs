use parmap::parmap;

#[parmap(index = j)]
fn f(x: u8, i: usize) -> u8 {
    x + i as u8
}

fn main() {
    let _ = f(1);
}
