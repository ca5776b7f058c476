use parmap::parmap;

#[parmap]
fn f(x: u8) -> impl Iterator<Item = u8> {
    0..x
}

fn main() {
    let _: u8 = f(1).sum();
}
