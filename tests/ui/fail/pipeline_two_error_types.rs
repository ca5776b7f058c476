use parmap::pipeline;

fn main() {
    let _ = pipeline!([1_u8, 2], par(|x| Ok::<_, u8>(x), try), par(|x| Err::<u8, u16>(x.into()), try), count());
}
