use parmap::par_map;

fn main() {
    let lengths = par_map!(|s| s.len(), ["a"], chunksize = 0);
    let _ = lengths.len();
}
