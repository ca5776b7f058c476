use parmap::parmap;

#[parmap]
mod m {}

fn main() {}
