use parmap::par_map;

fn main() {
    let _: u32 = par_map!(|x| x + 1, [1, 2], fold = 0, |a, b| a + b);
}
