use parmap::{par_map, pipeline};

struct Step {
    f: fn(u8) -> u8,
    n: usize,
}

fn double(x: u8) -> u8 {
    2 * x
}

fn main() {
    assert_eq!(par_map!(double as fn(u8) -> u8, [1, 2]), [2, 4]);
    assert_eq!(par_map!(Step { f: double, n: 1 }.f, [1, 2]), [2, 4]);
    let quadrupled: Vec<u8> = pipeline!(
        1..3,
        par(double as fn(u8) -> u8, processes = Step { f: double, n: 2 }.n, chunksize = 1),
        serial(Step { f: double, n: 1 }.f),
        collect(),
        in_flight = if true { 1 } else { 2 } + 1,
    );
    assert_eq!(quadrupled, [4, 8]);
    assert_eq!(par_map!(&|n: usize| Step { f: double, n }, 0..3).len(), 3);
    let mut made = 0;
    let mut count = || made += 1;
    let steps: Vec<Step> = pipeline!(
        0..3,
        par(&|n: usize| Step { f: double, n }),
        serial(&mut |Step { f, n }| {
            count();
            Step { f, n }
        }),
        serial(&mut |step: Step| Step { n: step.n + 1, ..step }),
        collect(),
    );
    assert_eq!((steps.len(), steps[1].n, made), (3, 2, 3));
}
