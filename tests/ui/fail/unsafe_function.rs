use parmap::parmap;

#[parmap]
unsafe fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _: u8 = unsafe { f(1) };
    let _: Vec<u8> = unsafe { f(vec![1]) };
}
