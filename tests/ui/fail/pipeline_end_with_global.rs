use parmap::pipeline;

fn main() {
    let n = 1;
    let _: u8 = pipeline!([1, 2], fold(0, |a, x, n| a + x + n, global = n));
}
