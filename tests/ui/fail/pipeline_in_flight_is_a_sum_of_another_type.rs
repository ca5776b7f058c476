use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!(0..3_u8, par(|x| x), collect(), in_flight = 1 + 1_u8);
}
