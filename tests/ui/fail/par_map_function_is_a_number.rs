use parmap::par_map;

fn double(x: u8) -> u8 {
    2 * x
}

fn main() {
    let _: Vec<u8> = par_map!(double(3), 0..4_u8);
}
