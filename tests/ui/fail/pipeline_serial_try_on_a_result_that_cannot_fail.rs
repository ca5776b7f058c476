use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], serial(|x| x + 1, try), collect());
}
