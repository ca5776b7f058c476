use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1_u8, 2], par_flat_map(|x| x + 1), collect());
}
