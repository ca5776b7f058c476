use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!(0..4, par());
}
