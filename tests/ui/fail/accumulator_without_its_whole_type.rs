use parmap::parmap;

#[parmap(fold = (Vec::new(), |mut a: Vec<_>, x| { a.push(x); a }))]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
