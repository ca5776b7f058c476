use parmap::parmap;

struct S;

#[parmap]
impl S {}

fn main() {
    let _ = S;
}
