use parmap::parmap;

use std::fmt::Display;

#[parmap]
fn f<T: Display + Send>(x: T) -> String {
    x.to_string()
}

fn main() {
    let _: String = f(1);
}
