//! A trait of the user's whose methods every type has, called what parmap's might be.
use parmap::par_map;

trait Anything {
    fn item(&self) -> u8 {
        0
    }
    fn settle(&self) -> u8 {
        0
    }
    fn this(&self) -> u8 {
        0
    }
}

impl<T: ?Sized> Anything for T {}

fn main() {
    assert_eq!(par_map!(f64::sqrt, [1.0, 4.0]), [1.0, 2.0]);
    assert_eq!(par_map!(|x| x + 1, [1, 2]), [2, 3]);
    assert_eq!(par_map!(str::len, ["a"])[0] + usize::from([1].item() + 1.settle() + 1.this()), 1);
}
