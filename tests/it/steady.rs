//! A program that makes calls all day: memory and threads stay what they were.

use parmap::{CancelToken, Settings, each, par_map, parmap, with};

use crate::{
    oracle::mix,
    process::{in_a_process_of_its_own, kilobytes, threads},
};

#[parmap(reduce = sum)]
fn reduced(x: u64) -> u64 {
    mix(x) >> 20
}

#[parmap(fold = (0, |hash, r| hash.rotate_left(5) ^ r))]
fn folded(x: u64) -> u64 {
    mix(x)
}

#[parmap(processes = 2, local(buffer = Vec::new()))]
fn buffered(x: u64, buffer: &mut Vec<u64>) -> u64 {
    buffer.clear();
    buffer.push(mix(x));
    buffer[0]
}

/// The item whose calls are dear enough to be shared; the others are cheap.
const DEAR: u64 = 77;

/// Every call has one item that is dear now and then, so that helpers come and go.
fn calls(count: u64) {
    let token = CancelToken::new();
    for call in 0..count {
        let items = if call % 50 == 0 { DEAR - 10..DEAR + 10 } else { 0..20 };
        let sum: u64 = items.clone().map(|x| mix(x) >> 20).sum();
        assert_eq!(reduced(items.clone()), sum);
        let hash = items.clone().map(mix).fold(0_u64, |hash, r| hash.rotate_left(5) ^ r);
        assert_eq!(folded(items.clone()), hash);
        assert_eq!(buffered(each(items.clone())).len(), 20);
        let settings = Settings::new().processes(2).chunksize(3).cancel(&token);
        let settings = if call % 4 == 0 { settings.shuffle(call) } else { settings };
        assert_eq!(with(settings, || reduced(items.clone())), sum);
    }
    // Those that fail leave nothing behind either.
    for call in 0..count / 100 {
        let body = |x: u64| if x == call % 100 { Err(vec![x; 10]) } else { Ok(mix(x)) };
        assert_eq!(par_map!(body, 0..100_u64, try, processes = 2).unwrap_err().len(), 10);
    }
}

#[test]
fn a_hundred_thousand_calls_of_each_kind_leave_memory_and_threads_as_they_were() {
    let test = "steady::a_hundred_thousand_calls_of_each_kind_leave_memory_and_threads_as_they_were";
    in_a_process_of_its_own(test, &[], || {
        calls(10_000);
        let before = (kilobytes("VmRSS"), threads());
        calls(100_000);
        let after = (kilobytes("VmRSS"), threads());
        assert_eq!(after.1, before.1, "threads");
        // A hundred thousand times the smallest of allocations would be as much.
        assert!(after.0 <= before.0 + 1_600, "from {} kB to {} kB", before.0, after.0);
        assert!(before.0 > 0 || cfg!(not(target_os = "linux")));
    });
}
