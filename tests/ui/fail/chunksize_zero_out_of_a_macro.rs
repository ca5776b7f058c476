use parmap::parmap;

macro_rules! function {
    ($z:literal) => {
        #[parmap(chunksize = $z)]
        fn f(x: u8) -> u8 {
            x
        }
    };
}

function!(0);

fn main() {
    let _: u8 = f(1);
    let _: Vec<u8> = f(vec![1]);
}
