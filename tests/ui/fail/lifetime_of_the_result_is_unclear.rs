use parmap::parmap;

#[parmap(global = b)]
fn f(a: &u8, b: &u8) -> &u8 {
    a.max(b)
}

fn main() {
    let _: &u8 = f(&1, &2);
}
