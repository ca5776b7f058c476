use parmap::pipeline;

fn main() {
    let n = 8;
    let _: Vec<u8> = pipeline!([1, 2], collect(), in_flight = n);
}
