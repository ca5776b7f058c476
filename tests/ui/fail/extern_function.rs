use parmap::parmap;

#[parmap]
extern "C" fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _: u8 = f(1);
    let _: Vec<u8> = f(vec![1]);
}
