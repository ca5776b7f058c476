//! Every kind of fragment in a place where the attribute looks at it.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
macro_rules! function {
    ($p:path, $name:ident, $item:ident: $ty:ty, $global:ident: $shared:ty, $result:ty, $body:block) => {
        #[parmap::parmap(crate = $p, global = $global)]
        fn $name($item: $ty, $global: $shared) -> $result $body
    };
}

macro_rules! options {
    ($global:expr, $lists:expr, $size:expr) => {
        #[parmap::parmap(global = ($global, more), chunksize = $size)]
        fn sum(x: u8, data: &[u8], more: u8) -> u8 {
            x + data[0] + more
        }

        #[parmap::parmap(global = $lists)]
        fn product(x: u8, data: &[u8], more: u8) -> u8 {
            x * data[0] * more
        }
    };
}

macro_rules! method {
    ($receiver:ty) => {
        #[parmap::parmap]
        #[allow(clippy::needless_arbitrary_self_type)]
        fn find(self: $receiver, word: &str) -> &str {
            if self.0 == word { &self.0 } else { "" }
        }
    };
}

struct Word(String);

impl Word {
    method!(&Self);
}

function!(::parmap, first, line: &str, end: char, &str, { line.split(end).next().unwrap_or(line) });
options!(data, (data, more), 4);

fn main() {
    assert_eq!(first(["a b", "c"], ' '), ["a", "c"]);
    assert_eq!(sum([1, 2], &[3], 4), [8, 9]);
    assert_eq!(product([1, 2], &[3], 4), [12, 24]);
    assert_eq!(Word("a".into()).find(["a", "b"]), ["a", ""]);
}
