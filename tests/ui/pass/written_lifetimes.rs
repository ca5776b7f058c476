//! Lifetimes the user named, bounds between them included.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

#[parmap(global = words)]
fn longer<'a, 'b: 'a>(word: &'a str, words: &'b [&'b str]) -> &'a str {
    words.iter().find(|other| other.len() > word.len()).unwrap_or(&word)
}

struct Row<'a>(&'a str);

#[parmap]
fn row<'a>(row: Row<'a>) -> Row<'a> {
    Row(row.0.trim())
}

fn main() {
    assert_eq!(longer(&["a", "bcd"][..], &["ef"]), ["ef", "bcd"]);
    assert_eq!(row(vec![Row(" a"), Row("b ")]).iter().map(|row| row.0).collect::<String>(), "ab");
}
