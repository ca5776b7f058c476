use parmap::parmap;

trait Model {
    #[parmap(global = data)]
    fn cost(x: usize, data: &[f64]) -> f64;
}

struct Linear;

impl Model for Linear {
    fn cost(x: usize, data: &[f64]) -> f64 {
        data[x]
    }
}

fn main() {
    let _: f64 = Linear::cost(0, &[1.0]);
}
