use parmap::parmap;

#[parmap]
fn f((a, b): (u8, u8), (c, d): (u8, u8)) -> u8 {
    a + b + c + d
}

fn main() {
    let _: u8 = f((1, 2), (3, 4));
    let _: Vec<u8> = f(vec![(1, 2)], (3, 4));
}
