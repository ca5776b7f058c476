use parmap::parmap;

#[parmap(global = total)]
fn f(x: u8, total: &mut u8) -> u8 {
    *total += x;
    x
}

fn main() {
    let _: u8 = f(1, &mut 2);
    let _: Vec<u8> = f(vec![1], &mut 2);
}
