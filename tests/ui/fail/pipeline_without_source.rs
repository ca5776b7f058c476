use parmap::pipeline;

fn main() {
    let n = 1_u8;
    let _: Vec<u8> = pipeline!(par(|x: u8| x + n), collect());
}
