use parmap::pipeline;

fn main() {
    let _: Vec<f64> = pipeline!([1_u8, 2], par(f64::sqrt), collect());
}
