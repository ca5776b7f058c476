//! `gen` as a name of everything that an annotation looks at.

use parmap::parmap;

/// Of the function and its item.
#[parmap]
pub fn gen(gen: u64) -> u64 {
    gen + 1
}

/// Of a global.
#[parmap(global = gen, processes = gen)]
pub fn times(x: usize, gen: usize) -> usize {
    x * gen
}

/// Of the position.
#[parmap(index = gen)]
pub fn placed(x: usize, gen: usize) -> usize {
    x * gen
}

/// Of a worker's state.
#[parmap(local(gen = 0))]
pub fn kept(x: usize, gen: &mut usize) -> usize {
    *gen = x;
    *gen
}

#[test]
fn a_keyword_of_a_later_edition_is_a_name() {
    assert_eq!((gen(1), gen([1, 2])), (2, vec![2, 3]));
    assert_eq!(times([1, 2], 3), [3, 6]);
    assert_eq!(placed([1, 2]), [0, 2]);
    assert_eq!(kept([1, 2]), [1, 2]);
    let by = 2;
    assert_eq!(parmap::par_map!(|gen: u64| gen * by, [1, 2]), [2, 4]);
    assert_eq!(parmap::par_map!(|x, gen| x + gen, [1, 2], index = gen), [1, 3]);
    assert_eq!(
        parmap::pipeline!(
            [1, 2],
            par(
                |x: u64, gen: &mut u64| {
                    *gen = x;
                    *gen
                },
                local(gen = 0)
            ),
            sum()
        ),
        3
    );
}
