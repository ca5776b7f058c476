use parmap::par_map;

fn main() {
    let _ = par_map!(f64::max, [1.0, 2.0]);
}
