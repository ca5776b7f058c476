use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x + 1, [1, 2], try);
}
