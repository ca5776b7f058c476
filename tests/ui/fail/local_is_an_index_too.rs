use parmap::parmap;

#[parmap(index = i, local(i = 0))]
fn f(x: u8, i: usize) -> u8 {
    x + i as u8
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
