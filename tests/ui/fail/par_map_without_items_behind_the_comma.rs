use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x.len(),).len();
}
