use parmap::pipeline;

fn main() {
    let _: Option<u8> = pipeline!([1, 2], par(|x: u8| x.checked_sub(1)), sum(try));
}
