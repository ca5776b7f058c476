use parmap::pipeline;

fn main() {
    let seen = vec![0];
    let _: Vec<u8> = pipeline!([1, 2], par(|x, seen| seen.len() as u8 + x, local(seen = seen)), collect());
}
