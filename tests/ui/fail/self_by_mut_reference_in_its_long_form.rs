use parmap::parmap;

struct S;

impl S {
    #[parmap]
    fn f(self: &mut Self, x: u8) -> u8 {
        x
    }
}

fn main() {
    let _: u8 = S.f(1);
    let _: Vec<u8> = S.f(vec![1]);
}
