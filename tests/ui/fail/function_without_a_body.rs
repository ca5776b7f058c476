use parmap::parmap;

#[parmap(global = data)]
pub fn scaled(x: f64, data: &[f64]) -> f64;

fn main() {
    let _: Vec<f64> = scaled(vec![1.0, 2.0], &[3.0]);
}
