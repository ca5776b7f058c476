use parmap::parmap;

#[parmap]
fn f<T>(x: &T) -> usize {
    size_of_val(x)
}

fn main() {
    let _: usize = f(&1);
}
