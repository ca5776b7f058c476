use parmap::par_map;

fn main() {
    let _: Vec<u8> = par_map!(, [1, 2]);
}
