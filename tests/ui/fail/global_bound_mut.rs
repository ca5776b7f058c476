use parmap::parmap;

#[parmap(global = data)]
fn f(x: u8, mut data: Vec<u8>) -> u8 {
    data.push(x);
    x
}

fn main() {
    let _: u8 = f(1, vec![2]);
    let _: Vec<u8> = f(vec![1], vec![2]);
}
