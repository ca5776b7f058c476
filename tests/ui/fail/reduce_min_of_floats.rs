use parmap::parmap;

#[parmap(reduce = min)]
fn half(x: f64) -> f64 {
    x / 2.0
}

fn main() {
    let _ = half([1.0, 2.0]);
}
