use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], par(|x| x + 1), in_flight = 3, collect());
}
