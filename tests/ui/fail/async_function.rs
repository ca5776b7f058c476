use parmap::parmap;

#[parmap]
async fn f(x: u8) -> u8 {
    std::future::ready(x).await
}

fn main() {
    let _ = f(1);
}
