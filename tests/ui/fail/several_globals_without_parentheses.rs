use parmap::parmap;

#[parmap(global = data, more)]
fn f(x: u8, data: &[u8], more: &[u8]) -> u8 {
    x + data[0] + more[0]
}

fn main() {
    let _: u8 = f(1, &[2], &[3]);
    let _: Vec<u8> = f(vec![1], &[2], &[3]);
}
