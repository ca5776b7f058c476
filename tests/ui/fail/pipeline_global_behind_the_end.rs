use parmap::pipeline;

fn main() {
    let n = 1;
    let _: Vec<u8> = pipeline!([1, 2], par(|x, n| x + n), collect(), global = n);
}
