use parmap::pipeline;

fn main() {
    let _: Vec<u16> = pipeline!([1_u8, 2], par(|x| x + 1), collect());
}
