use parmap::pipeline;

fn main() {
    let n = 1;
    let _: Vec<u8> = pipeline!([1, 2], |x| x + n, collect());
}
