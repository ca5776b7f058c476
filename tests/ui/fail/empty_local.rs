use parmap::parmap;

#[parmap(local())]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
