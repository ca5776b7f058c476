use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], par_filter(|x| *x > 1, try), count());
}
