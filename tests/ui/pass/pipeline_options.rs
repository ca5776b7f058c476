//! Every option of a stage and of a `pipeline!`, and values that are any expression.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::pipeline;
use std::num::ParseIntError;

const WIDTH: usize = 4;

fn scaled(x: u64, table: &[u64], by: u64, buf: &mut Vec<u64>) -> u64 {
    buf.push(x);
    table[x as usize % table.len()] * by
}

fn all(lines: &[&str], threads: Option<usize>) -> Result<u64, ParseIntError> {
    let (table, text) = (vec![1, 2, 3], String::from("lines"));
    let parsed = pipeline!(
        lines,
        par(|line| line.parse::<u64>(), try, processes = threads.unwrap_or(2), chunksize = "3".parse()?),
        par(scaled, global = (&table, 2), local(buf = Vec::new())),
        par_filter(|x, least: &u64, seen| { *seen += 1; x > least }, global = &1, local(seen = 0_u32)),
        serial(|x, table: &Vec<u64>| x + table[0], global = &table, chunksize = 2),
        serial_filter(|x, most| *x < most, global = 100,),
        for_each(|x| if x < 1000 { Ok(()) } else { "x".parse::<u64>().map(drop) }, try),
        in_flight = 8 * WIDTH,
        processes = threads.unwrap_or(1) + 1,
        chunksize = text.len(),
        engine = threads,
        crate = ::parmap,
    );
    parsed?;
    pipeline!(lines, par(|line| line.parse::<u64>(), try), fold(0, |sum, x| Ok(sum + x), try), in_flight = WIDTH)
}

fn main() {
    assert_eq!(all(&["1", "2"], None), Ok(3));
    assert!(all(&["1", "x"], Some(1)).is_err());
    let halves = |limit| pipeline!([8, 6, 5], par(|x| (x % 2 == 0).then_some(x / 2), try), par(|x| x + limit), sum());
    assert_eq!(halves(1), None);
    assert_eq!(pipeline!([8_u8, 6], par_filter(|x| x.checked_sub(7).map(|x| x > 0), try), collect()), None);
    assert_eq!(pipeline!([8, 6], serial_filter_map(|x| Ok::<_, u8>(Some(x)), try), count()), Ok(2));
    let total: Result<u32, ()> = pipeline!([2, 3], par_flat_map(|x| Ok(vec![x; 2]), try), sum());
    assert_eq!(total, Ok(10));
}
