use parmap::parmap;

#[parmap]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _: Vec<u8> = f([1, 2, 3].into_iter().filter(|x| x % 2 == 1));
}
