//! Every option of `par_map!`, values that are any expression, and a call whose value is used at once.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::par_map;
use std::num::ParseIntError;

fn all(lines: &[&str], threads: Option<usize>) -> Result<u64, ParseIntError> {
    let sum: u64 = par_map!(|line| line.parse::<u64>(), lines, try, reduce = sum, crate = ::parmap)?;
    let numbers: Vec<u64> = par_map!(|line| line.parse(), lines, try, processes = threads.unwrap_or(2))?;
    par_map!(|line| line.parse::<u8>().map(drop), lines, try)?;
    let offset = par_map!(
        |x, i, numbers, two, buf| {
            buf.push(x);
            x + i + numbers.len() + two
        },
        0..10,
        index = i,
        global = (&numbers, 2),
        local(buf = Vec::new()),
        chunksize = "3".parse()?,
        reduce = (0, |a, b| a.max(b)),
    );
    let mut out = [0; 2];
    par_map!(|line| line.parse::<u64>(), lines, try, into = &mut out)?;
    par_map!(|x| x + 1, numbers, into = &mut out[..]);
    let text = par_map!(|x| x.to_string(), &out, fold = (String::new(), |acc, x| acc + &x));
    let lowest = par_map!(|x| x * 7 % 5, 0..10, reduce = min).unwrap_or(1);
    assert_eq!((offset, &text[..], lowest), (22, "23", 0));
    Ok(sum)
}

fn main() {
    assert_eq!(all(&["1", "2"], None), Ok(3));
    assert!(all(&["1", "x"], Some(1)).is_err());
}
