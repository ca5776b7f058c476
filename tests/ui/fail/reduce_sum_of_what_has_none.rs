use parmap::parmap;

#[parmap(reduce = sum)]
fn f(x: u8) -> String {
    x.to_string()
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
