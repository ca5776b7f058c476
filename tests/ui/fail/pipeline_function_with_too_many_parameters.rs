use parmap::pipeline;

fn main() {
    let _: Vec<f64> = pipeline!([1.0, 2.0], par(f64::max), collect());
}
