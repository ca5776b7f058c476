use parmap::pipeline;

fn main() {
    let xs = [1, 2];
    let _: Vec<u8> = pipeline!(xs);
}
