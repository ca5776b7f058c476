use parmap::par_map;

fn main() {
    let seen = vec![0];
    let _ = par_map!(|x, seen| seen.len() + x, [1, 2], local(seen = seen));
}
