//! `return`, `?`, loops with labels, and recursion in the body.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

#[parmap(global = limit)]
fn parse(text: &str, limit: u32) -> Result<u32, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.parse::<u32>()?;
    let mut factors = 0;
    'found: for a in 1..=number {
        for b in 1..=number {
            if a * b == number {
                factors += 1;
                continue 'found;
            } else if a * b > limit {
                break 'found;
            }
        }
    }
    Ok(factors)
}

#[parmap]
fn fibonacci(n: u64) -> u64 {
    if n < 2 { n } else { fibonacci(n - 1) + fibonacci([n - 2])[0] }
}

fn main() {
    let parsed = parse(["", "16", "x"], 1000);
    assert_eq!(parsed[..2], [Ok(0), Ok(5)]);
    assert!(parsed[2].is_err());
    assert_eq!(fibonacci(0..8), [0, 1, 1, 2, 3, 5, 8, 13]);
}
