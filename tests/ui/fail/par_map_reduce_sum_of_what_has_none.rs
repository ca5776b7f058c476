use parmap::par_map;

fn main() {
    let _ = par_map!(|x| x.to_string(), [1, 2], reduce = sum);
}
