use parmap::parmap;

#[parmap(global = b)]
fn f(x: u8, a: &u8, b: &u8, c: &u8) -> u8 {
    x + a + b + c
}

fn main() {
    let _: u8 = f(1, &2, &3, &4);
    let _: Vec<u8> = f(vec![1], &2, &3, &4);
}
