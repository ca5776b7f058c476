use parmap::parmap;

macro_rules! function {
    ($t:ty) => {
        #[parmap(global = sum)]
        fn f(x: u8, sum: $t) -> u8 {
            x + *sum
        }
    };
}

function!(&mut u8);

fn main() {
    let _: u8 = f(1, &mut 2);
    let _: Vec<u8> = f(vec![1], &mut 2);
}
