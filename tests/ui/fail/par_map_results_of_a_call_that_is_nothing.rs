use parmap::par_map;

fn all(xs: &[u8]) {
    par_map!(|x| x + 1, xs)
}

fn main() {
    all(&[1, 2]);
}
