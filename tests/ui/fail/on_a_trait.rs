use parmap::parmap;

#[parmap]
trait T {}

fn main() {}
