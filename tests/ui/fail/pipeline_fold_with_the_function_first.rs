use parmap::pipeline;

fn main() {
    let _: u8 = pipeline!([1, 2], fold(|a, x| a + x, 0));
}
