//! Sources of every kind: endless, empty, wrong about their length, slow.

use std::{sync::mpsc, thread, time::Duration};

use parmap::{each, pipeline};

use crate::work::{Cost, every_order, mix};

#[test]
fn an_endless_source_ends_with_the_first_failure() {
    every_order(|| {
        let found: Result<Vec<u64>, u64> = pipeline!(
            0..,
            par(|x| { Cost::Even(300).pay(x); if x == 3_000 { Err(x) } else { Ok(x) } }, try),
            collect(),
        );
        assert_eq!(found, Err(3_000));
    });
}

/// An iterator that says of its length what it likes.
struct Liar<I>(I, (usize, Option<usize>));

impl<I: Iterator> Iterator for Liar<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.1
    }
}

#[test]
fn a_wrong_length_makes_no_wrong_result() {
    for hint in
        [(0, None), (0, Some(0)), (1, Some(1)), (usize::MAX, None), (usize::MAX, Some(usize::MAX)), (5_000, Some(7))]
    {
        every_order(|| {
            let source = Liar(0..3_000_u64, hint);
            let found = pipeline!(
                source,
                par(|x| {
                    Cost::Even(300).pay(x);
                    mix(x)
                }),
                collect()
            );
            assert!(found.into_iter().eq((0..3_000).map(mix)), "{hint:?}");
        });
    }
}

#[test]
fn a_source_is_left_alone_after_its_end() {
    every_order(|| {
        let mut ended = 0;
        let mut next = 0;
        let source = std::iter::from_fn(|| {
            next += 1;
            ended += usize::from(next > 3_000);
            assert!(ended <= 1, "asked again after its end");
            (next <= 3_000).then_some(next)
        });
        assert_eq!(
            pipeline!(
                source,
                par(|x| {
                    Cost::Even(300).pay(x);
                    x
                }),
                count()
            ),
            3_000
        );
        assert_eq!(ended, 1);
    });
}

#[test]
fn a_channel_is_a_source() {
    for pause in [0, 100, 2_000] {
        let (send, receive) = mpsc::channel();
        let sender = thread::spawn(move || {
            for x in 0..300_u64 {
                send.send(x).unwrap();
                if pause > 0 {
                    thread::sleep(Duration::from_micros(pause));
                }
            }
        });
        let found = pipeline!(receive, par(mix), serial(|x| x), collect());
        assert!(found.into_iter().eq((0..300).map(mix)));
        sender.join().unwrap();
    }
}

#[test]
fn collections_are_sources() {
    let vector = vec![1, 2, 3];
    assert_eq!(pipeline!(&vector, par(|x| x * 2), sum()), 12);
    assert_eq!(pipeline!(vector, par(|x| x * 2), sum()), 12);
    assert_eq!(pipeline!(Some(5), sum()), 5);
    assert_eq!(pipeline!("a b".split(' ').zip(1..), par(|(word, n)| word.len() * n), sum()), 3);
    // `each` is for maps; a pipeline takes the iterator itself.
    let _ = each(0..3);
}
