use parmap::par_map;

fn main() {
    let _ = par_map!(|line: &str| line.len(), "a b".split(' '));
}
