//! `?`, `return` and `break` in what is written in a `pipeline!`, each place in its turn.
#![deny(warnings)]
use parmap::pipeline;
use std::cell::RefCell;

fn total(source: Option<Vec<u32>>, by: Option<u32>, width: Option<usize>) -> Option<u32> {
    let total: u32 = pipeline!(
        source?,
        par(|x, by| x * by, global = by?, processes = width?),
        fold(if by > Some(9) { return Some(9) } else { 0 }, |a, x| a + x),
        chunksize = width?,
    );
    Some(total)
}

fn main() {
    assert_eq!(total(Some(vec![1, 2]), Some(2), Some(1)), Some(6));
    assert_eq!(total(Some(vec![1, 2]), Some(20), Some(1)), Some(9));
    assert_eq!(total(None, Some(2), Some(1)), None);
    assert_eq!(total(Some(vec![]), None, Some(1)), None);
    assert_eq!(total(Some(vec![]), Some(1), None), None);
    let first = loop {
        let _: usize = pipeline!([1], par(|x| x + 1, processes = if true { break 3 } else { 1 }), count());
    };
    let order = RefCell::new(Vec::new());
    let told = |place: usize| {
        order.borrow_mut().push(place);
        place + 1
    };
    let _ = pipeline!(
        [told(0)],
        par({ let y = told(2); move |x, z| x + y + z }, global = told(1), chunksize = told(3), processes = told(4)),
        serial({ told(5); |x| x }, chunksize = told(6)),
        par({ told(7); |x| x }, processes = told(8), chunksize = told(9)),
        fold(told(10), { told(11); |a, x| a + x }),
        processes = told(12),
        chunksize = told(13),
    );
    assert_eq!((first, order.into_inner()), (3, (0..14).collect()));
}
