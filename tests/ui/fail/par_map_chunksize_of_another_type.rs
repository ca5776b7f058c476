use parmap::par_map;

fn main() {
    let _ = par_map!(|s| s.len(), ["a"], chunksize = "25");
}
