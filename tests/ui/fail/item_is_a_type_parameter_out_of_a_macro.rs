use parmap::parmap;

macro_rules! function {
    ($t:ty) => {
        #[parmap]
        fn f<T: Send>(x: $t) -> usize {
            drop(x);
            0
        }
    };
}

function!(T);

fn main() {
    let _: usize = f(1);
}
