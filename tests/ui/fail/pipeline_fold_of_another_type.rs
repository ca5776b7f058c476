use parmap::pipeline;

fn main() {
    let _: u8 = pipeline!([1_u8, 2], fold(0_u8, |a, x| a > x));
}
