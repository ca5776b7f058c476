use parmap::pipeline;

fn main() {
    let _ = pipeline!(["a"], par(|x| x.to_string()), sum());
}
