use parmap::parmap;

#[parmap(reduce = min)]
fn f(x: u8) -> f64 {
    f64::from(x)
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
