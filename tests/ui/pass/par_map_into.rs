//! Places for results: whatever is a `&mut`, and a variable that is one can be used again after the call.
#![deny(warnings)]
use parmap::par_map;

fn filled(out: &mut [u64]) -> u64 {
    par_map!(|x| x + 1, 0..3_u64, into = out);
    par_map!(|x| x + 2, 0..3_u64, into = out);
    out.iter().sum()
}

fn filled_vec(out: &mut Vec<u64>) -> usize {
    par_map!(|x| x + 1, 0..3_u64, into = out);
    out.len()
}

fn main() {
    let (mut v, mut array) = (vec![0; 3], [0; 3]);
    assert_eq!(filled(&mut v), 9);
    assert_eq!(filled_vec(&mut v), 3);
    par_map!(|x| x * 2, 0..3_u64, into = &mut v);
    par_map!(|x| x * 2, 0..2_u64, into = &mut v[1..]);
    assert_eq!(v, [0, 0, 2]);
    par_map!(|x| x * 3, 0..3_u64, into = v.as_mut_slice());
    par_map!(|x| x * 4, 0..3_u64, into = &mut array);
    par_map!(|x| x, 0..3_u64, into = &mut [0; 3]);
    assert_eq!((v, array), (vec![0, 3, 6], [0, 4, 8]));
}
