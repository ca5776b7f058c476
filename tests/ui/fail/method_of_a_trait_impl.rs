use parmap::parmap;

trait T {
    fn f(&self, x: u8) -> u8;
}

impl T for u8 {
    #[parmap]
    fn f(&self, x: u8) -> u8 {
        self + x
    }
}

fn main() {
    let _: u8 = 1u8.f(1);
}
