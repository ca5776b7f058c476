use parmap::par_map;

fn double(x: u8) -> u8 {
    2 * x
}

fn main() {
    let _: Vec<u8> = par_map!(double vec![1, 2], chunksize = 2);
}
