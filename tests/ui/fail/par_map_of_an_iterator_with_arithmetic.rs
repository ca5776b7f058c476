use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x * 2, (0..3).filter(|x| x % 2 == 0));
}
