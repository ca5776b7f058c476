use parmap::par_map;

fn main() {
    let lengths: Vec<usize> = par_map!(|s, data| s.len() + data, ["a"], globl = 3);
    let _ = lengths.len();
}
