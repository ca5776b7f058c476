//! Random tokens, and random changes of some that were written with care.

use std::fmt::{self, Display, Formatter};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A token, or tokens in brackets. Written out, it can be read again.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Token(String),
    Group(Bracket, Vec<Tree>),
}

/// What stands around tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket(&'static str, &'static str);

const BRACKETS: [Bracket; 4] = [Bracket("(", ")"), Bracket("{", "}"), Bracket("[", "]"), Bracket("(fragment!", ")")];

impl Display for Tree {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        match self {
            Tree::Token(token) => formatter.write_str(token),
            Tree::Group(Bracket(open, close), trees) => write!(formatter, "{open}{}{close}", written(trees)),
        }
    }
}

/// The tokens, as a text.
pub(super) fn written(trees: &[Tree]) -> String {
    let texts: Vec<_> = trees.iter().map(Tree::to_string).collect();
    texts.join(" ")
}

/// The tokens of a text.
pub(super) fn trees(text: &str) -> Vec<Tree> {
    read(text.parse().expect("text should be Rust's tokens"))
}

fn read(tokens: TokenStream) -> Vec<Tree> {
    let (mut trees, mut joint) = (Vec::new(), String::new());
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let bracket = match group.delimiter() {
                    Delimiter::Brace => BRACKETS[1],
                    Delimiter::Bracket => BRACKETS[2],
                    Delimiter::Parenthesis | Delimiter::None => BRACKETS[0],
                };
                trees.push(Tree::Group(bracket, read(group.stream())));
            }
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => joint.push(punct.as_char()),
            other => trees.push(Tree::Token(std::mem::take(&mut joint) + &other.to_string())),
        }
    }
    trees
}

/// Tokens of any kind, those that the macros know among them.
pub(super) fn any_trees() -> impl Strategy<Value = Vec<Tree>> {
    vec(any_tree(), 0..12)
}

fn any_tree() -> impl Strategy<Value = Tree> {
    const NAMES: [&str; 44] = [
        "global",
        "chunksize",
        "processes",
        "index",
        "local",
        "try",
        "reduce",
        "fold",
        "into",
        "in_flight",
        "progress",
        "engine",
        "crate",
        "par",
        "par_filter",
        "par_filter_map",
        "par_flat_map",
        "serial",
        "serial_filter",
        "serial_flat_map",
        "collect",
        "for_each",
        "sum",
        "count",
        "product",
        "min",
        "max",
        "threads",
        "f",
        "x",
        "xs",
        "data",
        "buf",
        "map",
        "r#try",
        "r#fn",
        "_",
        "self",
        "Self",
        "u8",
        "usize",
        "Vec",
        "ParmapItems",
        "parmap_items",
    ];
    const KEYWORDS: [&str; 34] = [
        "fn",
        "pub",
        "let",
        "mut",
        "ref",
        "move",
        "if",
        "else",
        "match",
        "for",
        "in",
        "while",
        "loop",
        "break",
        "return",
        "async",
        "await",
        "const",
        "unsafe",
        "extern",
        "impl",
        "dyn",
        "where",
        "as",
        "static",
        "struct",
        "mod",
        "use",
        "trait",
        "type",
        "enum",
        "macro_rules",
        "safe",
        "yield",
    ];
    const OTHERS: [&str; 56] = [
        ",",
        ",",
        ",",
        ",",
        "=",
        "=",
        "=",
        "==",
        "=>",
        "->",
        ":",
        "::",
        ";",
        ".",
        "..",
        "..=",
        "...",
        "|",
        "||",
        "|",
        "&",
        "&&",
        "&mut",
        "*",
        "+",
        "-",
        "!",
        "?",
        "<",
        ">",
        "<<",
        ">>",
        "#",
        "#!",
        "$",
        "@",
        "'a",
        "'_",
        "'static",
        "0",
        "25",
        "0u8",
        "1.5",
        "1.",
        "-1",
        "\"text\"",
        "b\"x\"",
        "c\"x\"",
        "'x'",
        "0x0",
        "1_000usize",
        "1e3",
        "r#\"raw\"#",
        "=|",
        "<-",
        "::<",
    ];
    let token = prop_oneof![5 => select(&NAMES[..]), 2 => select(&KEYWORDS[..]), 5 => select(&OTHERS[..])];
    token.prop_map(|token| Tree::Token(token.to_owned())).prop_recursive(3, 24, 6, |inner| {
        (select(&BRACKETS[..]), vec(inner, 0..6)).prop_map(|(bracket, trees)| Tree::Group(bracket, trees))
    })
}

/// Something that happens to tokens while they are typed, or cut and pasted.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    change: Change,
    /// In which brackets, and where there.
    list: Index,
    place: Index,
}

#[derive(Clone, Debug)]
enum Change {
    Drop,
    Duplicate,
    Swap,
    /// What is behind comes first.
    Rotate,
    Replace(Tree),
    Insert(Tree),
    Wrap(Bracket),
    Unwrap,
    /// Everything behind is left out.
    Truncate,
    /// Everything behind is taken from other tokens.
    Splice,
}

pub(super) fn any_mutation() -> impl Strategy<Value = Mutation> {
    let change = prop_oneof![
        3 => Just(Change::Drop),
        1 => Just(Change::Duplicate),
        2 => Just(Change::Swap),
        1 => Just(Change::Rotate),
        2 => any_tree().prop_map(Change::Replace),
        2 => any_tree().prop_map(Change::Insert),
        1 => select(&BRACKETS[..]).prop_map(Change::Wrap),
        1 => Just(Change::Unwrap),
        1 => Just(Change::Truncate),
        1 => Just(Change::Splice),
    ];
    (change, any::<Index>(), any::<Index>()).prop_map(|(change, list, place)| Mutation { change, list, place })
}

impl Mutation {
    /// Changes `trees`; what is taken from elsewhere is of `others`.
    pub(super) fn apply(&self, trees: &mut Vec<Tree>, others: &[Tree]) {
        let list = self.list.index(count(trees));
        let Some(list) = nth(trees, &mut { list }) else { return };
        if let Change::Insert(tree) = &self.change {
            return list.insert(self.place.index(list.len() + 1), tree.clone());
        }
        if list.is_empty() {
            return;
        }
        let place = self.place.index(list.len());
        match &self.change {
            Change::Drop => drop(list.remove(place)),
            Change::Duplicate => list.insert(place, list[place].clone()),
            Change::Rotate => list.rotate_left(place),
            Change::Replace(tree) => list[place] = tree.clone(),
            Change::Insert(_) => {}
            Change::Swap => {
                let next = (place + 1) % list.len();
                list.swap(place, next);
            }
            Change::Wrap(bracket) => {
                let rest = list.split_off(place);
                list.push(Tree::Group(*bracket, rest));
            }
            Change::Unwrap => {
                if let Tree::Group(_, inner) = &list[place] {
                    let inner = inner.clone();
                    list.splice(place..=place, inner);
                }
            }
            Change::Truncate => list.truncate(place),
            Change::Splice => {
                list.truncate(place);
                list.extend_from_slice(&others[self.place.index(others.len() + 1)..]);
            }
        }
    }
}

/// How many lists of tokens there are, the outermost included.
fn count(trees: &[Tree]) -> usize {
    let inner = trees.iter().map(|tree| match tree {
        Tree::Group(_, trees) => count(trees),
        Tree::Token(_) => 0,
    });
    1 + inner.sum::<usize>()
}

fn nth<'t>(trees: &'t mut Vec<Tree>, place: &mut usize) -> Option<&'t mut Vec<Tree>> {
    if *place == 0 {
        return Some(trees);
    }
    *place -= 1;
    trees.iter_mut().find_map(|tree| match tree {
        Tree::Group(_, trees) => nth(trees, place),
        Tree::Token(_) => None,
    })
}
