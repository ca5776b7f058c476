use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], for_each(|x| drop(x), try));
}
