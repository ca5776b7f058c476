use parmap::parmap;

#[parmap]
struct S;

fn main() {
    let _ = S;
}
