use parmap::parmap;

#[parmap(global = x, index = i)]
fn f(x: u8, i: usize) -> u8 {
    x + i as u8
}

fn main() {
    let _ = f(1);
}
