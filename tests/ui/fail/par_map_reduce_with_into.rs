use parmap::par_map;

fn main() {
    let mut out = [0; 2];
    par_map!(|x| x, [1, 2], reduce = sum, into = &mut out);
}
