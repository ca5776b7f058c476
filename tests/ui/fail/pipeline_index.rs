use parmap::pipeline;

fn main() {
    let _: Vec<usize> = pipeline!([1, 2], par(|x, i| x + i, index = i), collect());
}
