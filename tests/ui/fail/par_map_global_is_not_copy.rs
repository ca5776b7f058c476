use parmap::par_map;

fn main() {
    let data = vec![1, 2];
    let _ = par_map!(|x, data: Vec<u8>| x + data[0], [1, 2], global = data);
}
