use parmap::pipeline;

fn main() {
    pipeline!([1, 2], for_each(|x, n| *n += x, local(n = 0)));
}
