use parmap::parmap;

unsafe extern "C" {
    #[parmap]
    pub fn cbrt(x: f64) -> f64;
}

fn main() {
    let _: f64 = unsafe { cbrt(8.0) };
}
