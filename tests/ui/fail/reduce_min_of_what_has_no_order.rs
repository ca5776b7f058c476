use parmap::parmap;

#[parmap(reduce = min)]
fn f(x: u8) -> Option<f64> {
    Some(f64::from(x))
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
