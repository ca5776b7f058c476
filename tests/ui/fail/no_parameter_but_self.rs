use parmap::parmap;

struct S;

impl S {
    #[parmap]
    fn f(&self) -> u8 {
        1
    }
}

fn main() {
    let _: u8 = S.f();
}
