use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!(7_u8, par(|x| x + 1), collect());
}
