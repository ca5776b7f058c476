use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], fold(0, |a, x| a + x, try));
}
