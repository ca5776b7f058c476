use parmap::parmap;

#[parmap]
enum E {}

fn main() {}
