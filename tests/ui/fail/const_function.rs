use parmap::parmap;

#[parmap]
const fn f(x: u8) -> u8 {
    x
}

const ONE: u8 = f(1);

fn main() {
    let _: u8 = f(ONE);
}
