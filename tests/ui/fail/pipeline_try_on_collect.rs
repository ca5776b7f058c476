use parmap::pipeline;

fn main() {
    let _: Option<Vec<u8>> = pipeline!([1, 2], par(|x: u8| x.checked_sub(1)), par(|x| x + 1), collect(try));
}
