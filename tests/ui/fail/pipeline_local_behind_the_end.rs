use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], par(|x, n| x + *n), collect(), local(n = 0));
}
