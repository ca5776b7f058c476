use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x + 1_u8, [1, 2], try, reduce = (0, |a, b| a + b));
}
