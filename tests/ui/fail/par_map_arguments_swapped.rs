use parmap::par_map;

fn main() {
    let xs = vec![1, 2];
    let _ = par_map!(xs, |x| x + 1);
}
