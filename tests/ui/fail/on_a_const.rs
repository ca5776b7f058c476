use parmap::parmap;

#[parmap]
const C: u8 = 1;

fn main() {
    let _ = C;
}
