use parmap::parmap;

type Position = u32;

#[parmap(index = i)]
fn f(x: u8, i: Position) -> Position {
    i + Position::from(x)
}

fn main() {
    let _ = f(1);
    let _ = f(vec![1]);
}
