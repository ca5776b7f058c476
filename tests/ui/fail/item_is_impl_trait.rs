use parmap::parmap;

use std::fmt::Display;

#[parmap]
fn f(x: impl Display + Send) -> String {
    x.to_string()
}

fn main() {
    let _: String = f(1);
}
