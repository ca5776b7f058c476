use parmap::par_map;

fn main() {
    let (a, b) = (1, 2);
    let _ = par_map!(|x, a, b| x + a + b, [1, 2], global = a, b);
}
