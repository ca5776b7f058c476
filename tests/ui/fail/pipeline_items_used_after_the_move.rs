use parmap::pipeline;

fn main() {
    let xs = vec![1, 2];
    let _: Vec<u8> = pipeline!(xs, collect());
    let _ = xs.len();
}
