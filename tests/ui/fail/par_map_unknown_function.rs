use parmap::par_map;

fn main() {
    let lengths: Vec<usize> = par_map!(length, &["a"]);
    let _ = lengths.len();
}
