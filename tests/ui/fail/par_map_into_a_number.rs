use parmap::par_map;

fn main() {
    par_map!(|x| x, 0..4_u8, into = u8::from(true));
}
