use parmap::pipeline;

fn main() {
    let mut total = 0;
    pipeline!([1, 2], par(|x| total += x), for_each(|()| ()));
}
