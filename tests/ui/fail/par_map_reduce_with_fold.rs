use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x, [1, 2], reduce = sum, fold = (0, |a, x| a + x));
}
