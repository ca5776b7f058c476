use parmap::pipeline;

fn main() {
    let data = vec![1_u8];
    let _: Vec<u8> = pipeline!([1, 2], par(|x, data: Vec<u8>| x + data[0], global = data), collect());
}
