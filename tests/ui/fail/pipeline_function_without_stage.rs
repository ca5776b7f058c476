use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], u8::is_ascii, collect());
}
