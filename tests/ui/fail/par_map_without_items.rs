use parmap::par_map;

fn main() {
    let _: Vec<f64> = par_map!(f64::sqrt);
}
