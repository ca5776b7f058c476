use parmap::parmap;

#[parmap(reduce = (0, |a, b| [a, b]))]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
