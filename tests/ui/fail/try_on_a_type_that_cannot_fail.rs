use parmap::parmap;

struct Row(u8);

#[parmap(try)]
fn f(x: u8) -> Row {
    Row(x)
}

fn main() {
    let _ = Row(1);
}
