use parmap::pipeline;

fn main() {
    let _ = pipeline!([1, 2], par(|x| x + 1, try), collect());
}
