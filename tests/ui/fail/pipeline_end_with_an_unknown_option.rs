use parmap::pipeline;

fn main() {
    pipeline!([1, 2], for_each(|x| drop(x + 1), tries = 3));
}
