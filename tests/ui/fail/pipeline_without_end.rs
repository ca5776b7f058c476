use parmap::pipeline;

fn main() {
    let xs = [1, 2];
    let lengths: Vec<u8> = pipeline!(xs, par(|x| x + 1));
    let _ = lengths.len();
}
