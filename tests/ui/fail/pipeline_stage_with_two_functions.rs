use parmap::pipeline;

fn main() {
    let n = 1;
    let _: Vec<u8> = pipeline!([1, 2], par(|x| x + 1, |x| x * n), collect());
}
