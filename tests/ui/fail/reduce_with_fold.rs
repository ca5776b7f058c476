use parmap::parmap;

#[parmap(reduce = sum, fold = (0, |a, x| a + x))]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
