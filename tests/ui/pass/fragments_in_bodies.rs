//! Expressions that a macro was given, as parts of larger ones: in the body, in types, and in what other macros are given.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
macro_rules! of_fragments {
    ($name:ident, $sum:expr, $negated:expr, $range:expr, $branch:expr, $closure:expr, $row:expr) => {
        #[parmap::parmap(global = row)]
        fn $name(x: [i32; $sum * 2], row: [i32; $row * 2]) -> Vec<i32> {
            let by_itself = x[0] * $sum;
            let of_a_macro = vec![by_itself, 2 * $negated];
            let methods = [$negated.pow(2), $range.len() as i32, $closure(2), $sum as i32];
            let branches = if x[0] == 3 { [$branch - 1, row[0]] } else { [0; $row * 2] };
            [&of_a_macro[..], &methods, &branches].concat()
        }

        #[parmap::parmap]
        fn linted(x: i32) -> i32 {
            #![allow(clippy::needless_return)]
            return x * $sum;
        }

        fn called() -> Vec<i32> {
            let nested = parmap::par_map!(|x: i32| vec![x * $sum, -($negated.pow(2))], [1, 10]);
            let of_pipeline: i32 = parmap::pipeline!([1, 10], par(|x: i32| [x * $sum][0]), sum());
            [nested.concat(), vec![of_pipeline]].concat()
        }
    };
}
of_fragments!(of_parts, 1 + 1, -3_i32 + 1, 0..5, if true { 1 } else { 2 }, |x: i32| x + 1, 0 + 1);

fn main() {
    let expected = [6, -4, 4, 5, 3, 2, 0, 7];
    assert_eq!(of_parts([3; 4], [7; 2]), expected);
    assert_eq!(of_parts([[3; 4], [3; 4]], [7; 2]), [expected, expected]);
    assert_eq!(linted([3, 4]), [6, 8]);
    assert_eq!(called(), [2, -4, 20, -4, 22]);
}
