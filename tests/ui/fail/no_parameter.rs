use parmap::parmap;

#[parmap]
fn f() -> u8 {
    1
}

fn main() {
    let _: u8 = f();
}
