use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], stage_of(|x| x + 1), collect());
}
