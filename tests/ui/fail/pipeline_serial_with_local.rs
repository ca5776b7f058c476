use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], serial(|x, n| { *n += x; *n }, local(n = 0)), collect());
}
