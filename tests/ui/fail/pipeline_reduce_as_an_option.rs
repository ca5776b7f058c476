use parmap::pipeline;

fn main() {
    let _: u8 = pipeline!([1, 2], par(|x| x + 1), collect(), reduce = sum);
}
