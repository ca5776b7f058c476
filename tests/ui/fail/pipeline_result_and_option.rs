use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], par(|x| Ok::<_, u8>(x), try), serial(|x| Some(x), try), count());
}
