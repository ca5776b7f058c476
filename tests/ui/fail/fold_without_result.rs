use parmap::parmap;

#[parmap(fold = (0, |a, _| a))]
fn f(x: u8) {
    drop(x);
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
