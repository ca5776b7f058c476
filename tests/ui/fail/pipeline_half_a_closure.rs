use parmap::pipeline;

fn main() {
    let lengths: Vec<usize> = pipeline!(["a"], par(|s| s.), collect());
    let _ = lengths.len();
}
