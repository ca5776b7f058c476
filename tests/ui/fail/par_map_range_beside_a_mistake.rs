use parmap::par_map;

fn main() {
    let data = [1, 2];
    par_map!(|i, data| data[i], 0..2, globl = &data);
}
