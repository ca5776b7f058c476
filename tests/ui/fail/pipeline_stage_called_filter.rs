use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], filter(|x| x > 1), collect());
}
