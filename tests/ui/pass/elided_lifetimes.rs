//! Lifetimes elided in the item, and in results that borrow from the item, a global, or `self`.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;
use std::borrow::Cow;

#[parmap]
fn first_word(line: &str) -> Option<&str> {
    line.split_whitespace().next()
}

#[parmap(global = table)]
fn look_up(key: usize, table: &[String]) -> Cow<'_, str> {
    Cow::Borrowed(&table[key])
}

struct Table(Vec<String>);

impl Table {
    #[parmap(global = default)]
    fn get(&self, key: &usize, default: &str) -> &str {
        if default.is_empty() { &self.0[*key] } else { &self.0[0] }
    }
}

#[parmap(global = apply)]
fn applied(f: (fn(&u8) -> u8, &(dyn Fn(&u8) -> u8 + Sync)), apply: &(dyn Fn(u8) -> u8 + Sync)) -> u8 {
    apply(f.0(&1) + f.1(&2))
}

#[parmap(global = choose)]
fn chosen(pair: (&str, u8), choose: impl Fn(&str) -> usize + Sync) -> &str {
    &pair.0[choose(pair.0)..]
}

#[parmap]
fn doubled(x: &mut u8) {
    *x *= 2;
}

fn main() {
    let lines = vec![String::from("to be"), String::from("or")];
    assert_eq!(first_word(&lines), [Some("to"), Some("or")]);
    assert_eq!(first_word("not to be"), Some("not"));
    assert_eq!(look_up(0..2, &lines), ["to be", "or"]);
    let table = Table(lines);
    assert_eq!(table.get(&[1, 0], ""), ["or", "to be"]);
    assert_eq!(table.get(&1, "x"), "to be");
    let functions: (fn(&u8) -> u8, &(dyn Fn(&u8) -> u8 + Sync)) = (|x| *x, &|x| *x);
    assert_eq!(applied(functions, &|x| x + 1), 4);
    assert_eq!(chosen([("abc", 1)], |text| text.len() - 1), ["c"]);
    let mut xs = [1, 2];
    doubled(&mut xs);
    assert_eq!(xs, [2, 4]);
}
