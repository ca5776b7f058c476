use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!(|x: u8| x + 1, collect());
}
