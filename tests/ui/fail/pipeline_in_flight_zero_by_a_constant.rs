use parmap::pipeline;

fn main() {
    const WIDTH: usize = 0;
    let _: Vec<u8> = pipeline!([1, 2], collect(), in_flight = WIDTH);
}
