use parmap::pipeline;

fn main() {
    let _: Vec<u8> = pipeline!([1, 2], collect(), engine = mpi);
}
