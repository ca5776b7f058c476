use parmap::parmap;

#[parmap(try = true)]
fn f(x: u8) -> Option<u8> {
    Some(x)
}

fn main() {
    let _: Option<u8> = f(1);
    let _: Option<Vec<u8>> = f(vec![1]);
}
