//! What holds with and without the feature `rayon`; without it, every call runs on its caller.
#![forbid(unsafe_code)]

use std::{
    collections::HashSet,
    panic::catch_unwind,
    thread::{self, ThreadId},
    time::Duration,
};

use parmap::{CancelToken, Cancelled, Settings, each, par_map, parmap, sections, verify, with};

#[parmap(global = data, chunksize = 3, processes = 4)]
fn sum(section: std::ops::Range<usize>, data: &[u64]) -> u64 {
    data[section].iter().sum()
}

#[test]
fn results_are_the_loops() {
    let data: Vec<u64> = (0..1_000).collect();
    let expected: Vec<u64> = data.chunks(7).map(|part| part.iter().sum()).collect();
    assert_eq!(sum(sections(1_000, 7), &data), expected);
    assert_eq!(sum(each(sections(1_000, 7)), &data), expected);
    assert_eq!(sum(0..7, &data), expected[0]);
}

#[parmap(processes = 4, chunksize = 1)]
fn who(_item: u32) -> ThreadId {
    thread::sleep(Duration::from_millis(5));
    thread::current().id()
}

#[test]
fn helpers_are_threads_of_rayon_and_there_are_none_without() {
    let threads: HashSet<ThreadId> = who(0..40).into_iter().chain(who(each(0..40))).collect();
    assert!(threads.contains(&thread::current().id()));
    assert_eq!(threads.len() > 1, cfg!(feature = "rayon"));
}

#[test]
fn the_lowest_panic_is_the_calls() {
    #[parmap(processes = 3)]
    fn unlucky(i: usize) -> usize {
        if i % 10 == 7 {
            std::panic::panic_any(i);
        }
        i
    }
    assert_eq!(catch_unwind(|| unlucky(0..100)).unwrap_err().downcast_ref(), Some(&7_usize));
    assert_eq!(catch_unwind(|| unlucky(each(8..100))).unwrap_err().downcast_ref(), Some(&17_usize));
}

#[test]
fn options_and_settings_mean_the_same() {
    #[parmap(processes = 3, index = i, local(buffer = Vec::new()), reduce = sum)]
    fn buffered(x: u64, i: usize, buffer: &mut Vec<u64>) -> u64 {
        buffer.clear();
        buffer.extend([x, i as u64]);
        buffer.iter().sum()
    }
    assert_eq!(verify(|| buffered(0..2_000)), (0..2_000).sum::<u64>() * 2);
    let joined = |all: String, r: u64| if r % 2 == 0 { format!("({all}){r}") } else { all };
    let expected = (0..200).fold(String::new(), joined);
    assert_eq!(verify(|| par_map!(|x| x, each(0..200), processes = 3, fold = (String::new(), joined))), expected);
    let (mut out, token) = ([0; 100], CancelToken::new());
    let some = |x: u64| if x < 100 { Ok(x * 2) } else { Err(Cancelled) };
    assert_eq!(par_map!(some, 0..100, try, into = &mut out), Ok(()));
    assert!(out.into_iter().eq((0..100).map(|x| x * 2)));
    token.cancel();
    assert_eq!(with(Settings::new().cancel(&token).shuffle(3), || par_map!(some, 0..100, try)), Err(Cancelled));
}
