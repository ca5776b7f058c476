use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1_u8, 2], serial_filter(|x| Some(*x > 1)), collect());
}
