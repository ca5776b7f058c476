use parmap::par_map;

fn main() {
    let _ = par_map!(|x, y| x + y, [1, 2]);
}
