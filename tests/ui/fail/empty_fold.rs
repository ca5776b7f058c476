use parmap::parmap;

#[parmap(fold =)]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _: u8 = f(1);
    let _: u8 = f(vec![1]);
}
