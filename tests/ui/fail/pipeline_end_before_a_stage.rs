use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], sum(), par(|x: u8| x + 1), collect());
}
