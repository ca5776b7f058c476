//! Functions whose parts a `macro_rules!` pastes together.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
macro_rules! function {
    ($vis:vis $name:ident($item:ident: $ty:ty, $global:ident: $shared:ty) -> $result:ty $body:block $size:literal) => {
        #[parmap::parmap(global = $global, chunksize = $size)]
        $vis fn $name($item: $ty, $global: $shared) -> $result $body
    };
}

macro_rules! pattern {
    ($name:ident, $item:pat, $ty:ty, $value:expr) => {
        #[parmap::parmap]
        fn $name($item: $ty) -> u8 {
            $value
        }
    };
}

function!(pub(crate) add(x: u8, y: &u8) -> u8 { x + y } 4);
pattern!(second, (_, b), (u8, u8), b);

fn main() {
    assert_eq!(add([1, 2], &3), [4, 5]);
    assert_eq!(second([(1, 2)]), [2]);
}
