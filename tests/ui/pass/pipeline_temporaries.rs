//! What is written in a `pipeline!` may borrow from temporaries and from locals, and what comes out may borrow from locals.
#![deny(warnings)]
use parmap::pipeline;

fn owned(text: &str) -> String {
    text.to_owned()
}

fn prefix(text: &str) -> impl Fn(&str) -> String + Sync + '_ {
    move |x| format!("{text}{x}")
}

fn joined(between: &str) -> impl FnMut(String, String) -> String + Send + '_ {
    move |a, b| a + between + &b
}

struct Log<'l>(&'l mut Vec<usize>);

impl Drop for Log<'_> {
    fn drop(&mut self) {
        self.0.push(0);
    }
}

fn main() {
    let text = pipeline!(
        owned("x y").split(' '),
        par(prefix(&owned("a"))),
        par(|x| x, processes = owned("1").len()),
        par(|x, c| x + c, global = owned("c").as_str()),
        fold(owned(""), joined(&owned("-"))),
    );
    assert_eq!(text, "-axc-ayc");
    let (words, mut log, mut total) = (vec![owned("one"), owned("three")], Vec::new(), 0);
    let borrowed: Vec<&str> = pipeline!(
        &words,
        par(|word| &word[1..]),
        serial(|word| { total += word.len(); word }),
        serial({ let log = Log(&mut log); move |word: &'_ str| { log.0.len(); word } }),
        collect()
    );
    total += 1;
    assert_eq!((borrowed, total, log), (vec!["ne", "hree"], 7, vec![0]));
    let mut cells = vec![1, 2, 3];
    pipeline!(&mut cells, par(|x| *x += 1), for_each(|()| total += 1));
    assert_eq!((cells, total), (vec![2, 3, 4], 10));
}
