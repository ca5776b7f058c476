use parmap::pipeline;

fn main() {
    pipeline!([1_u8, 2], for_each(|x| x + 1));
}
