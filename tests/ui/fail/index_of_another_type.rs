use parmap::parmap;

#[parmap(index = i)]
fn f(x: u8, i: u32) -> u32 {
    i + u32::from(x)
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
