use parmap::par_map;

fn main() {
    let _ = par_map!(f64::sqrt, 4.0);
}
