use parmap::parmap;

fn main() {
    #[parmap]
    let x = 1;
    let _ = x;
}
