use parmap::parmap;

#[parmap(globl = data)]
fn f(data: &[u8], x: u8) -> u8 {
    x + data[0]
}

fn main() {
    let _: u8 = f(&[2], 1);
    let _: Vec<u8> = f(&[2], vec![1]);
}
