use parmap::pipeline;

fn main() {
    let mut out = [0; 2];
    pipeline!([1, 2], par(|x| x + 1), collect(), into = &mut out);
}
