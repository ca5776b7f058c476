use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!(in_flight = 3, [1], collect());
}
