use parmap::par_map;

fn main() {
    let _ = par_map!(str::len, "a b".split(' '));
}
