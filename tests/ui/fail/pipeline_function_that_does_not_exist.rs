use parmap::pipeline;

fn main() {
    let lengths: Vec<usize> = pipeline!(["a"], par(length), collect());
    let _ = lengths.len();
}
