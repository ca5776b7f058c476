use parmap::parmap;

#[parmap(into = &mut out)]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
