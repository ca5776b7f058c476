use parmap::pipeline;

fn main() {
    let lengths: Vec<usize> = pipeline!(["a"], par(|s| s.length()), collect());
    let _ = lengths.len();
}
