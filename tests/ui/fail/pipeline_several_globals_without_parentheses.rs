use parmap::pipeline;

fn main() {
    let (a, b) = (1, 2);
    let _: Vec<u8> = pipeline!([1, 2], par(|x, a, b| x + a + b, global = a, b), collect());
}
