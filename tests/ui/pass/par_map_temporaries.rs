//! Functions, and values of `reduce` and `fold`, that borrow from temporaries.
#![deny(warnings)]
use parmap::par_map;

fn prefix(text: &str) -> impl Fn(u8) -> String + Sync + '_ {
    move |x| format!("{text}{x}")
}

fn join(between: &str) -> impl Fn(String, String) -> String + Sync + '_ {
    move |a, b| a + between + &b
}

fn main() {
    let owned = |text: &str| text.to_owned();
    assert_eq!(par_map!(prefix(&owned("a")), [1, 2]), ["a1", "a2"]);
    let folded = par_map!(prefix(&owned("a")), [1, 2], fold = (String::new(), join(&owned("-"))));
    let reduced = par_map!(|x: u8| x.to_string(), [1], reduce = (String::new(), join(owned("").as_str())));
    assert_eq!((&folded[..], &reduced[..]), ("-a1-a2", "1"));
    let text = owned("b");
    let lent: Vec<&str> = par_map!(|_| &text[..], [1], processes = owned("1").len());
    assert_eq!(lent, ["b"]);
}
