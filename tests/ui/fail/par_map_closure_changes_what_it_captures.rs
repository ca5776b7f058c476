use parmap::par_map;

fn main() {
    let mut total = 0;
    let _ = par_map!(|x| total += x, [1, 2]);
}
