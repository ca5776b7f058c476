use parmap::pipeline;

fn main() {
    let f = |x: u8| Some(x);
    let _: Option<Vec<u8>> = pipeline!([1, 2], par(f try), collect());
}
