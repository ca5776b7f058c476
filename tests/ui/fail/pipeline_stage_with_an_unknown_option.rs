use parmap::pipeline;

fn main() {
    let data = 1;
    let _: Vec<u8> = pipeline!([1, 2], par(|x, data| x + data, globl = data), par(|x| x), collect());
}
