use parmap::par_map;

fn main() {
    let lengths: Vec<usize> = par_map!(|s| s., ["a"]);
    let _ = lengths.len();
}
