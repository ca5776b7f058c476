use parmap::par_map;

fn main() {
    let mut out = vec![0_u32; 2];
    par_map!(|x| u64::from(x), [1_u8, 2], into = &mut out);
}
