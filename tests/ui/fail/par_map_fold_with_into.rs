use parmap::par_map;

fn main() {
    let mut out = [0; 2];
    par_map!(|x| x, [1, 2], into = &mut out, fold = (0, |a, x| a + x));
}
