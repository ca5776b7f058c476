//! Properties: what holds of every expansion (`holds`), tried on valid input (`valid`), on valid input with one mistake,
//! on valid input that random changes went over, and on random tokens.
//!
//! Each test tries [`CASES`] inputs; `PROPTEST_CASES=100000 cargo test -p parmap-macros properties` tries more. What was
//! found so is kept in `found`.

mod found;
mod holds;
mod tokens;
mod valid;
mod written;

use std::fmt::Display;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use self::tokens::{Tree, any_mutation, any_trees, trees, written};
use self::valid::{Written, option};

/// How many inputs each test tries, if the environment does not say.
const CASES: u32 = 250;

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { CASES };
    ProptestConfig { cases, ..config }
}

/// A mistake in a list of options or arguments, that can be made anywhere.
#[derive(Clone, Copy, Debug)]
enum Mistake {
    UnknownOption,
    Twice,
    WithoutValue,
    Zero,
    NoComma,
    TwoCommas,
    Misspelt,
    WithoutEquals,
    TooMuch,
}

fn any_mistake() -> impl Strategy<Value = Mistake> {
    use Mistake::{Misspelt, NoComma, TooMuch, Twice, TwoCommas, UnknownOption, WithoutEquals, WithoutValue, Zero};
    prop::sample::select(
        &[UnknownOption, Twice, WithoutValue, Zero, NoComma, TwoCommas, Misspelt, WithoutEquals, TooMuch][..],
    )
}

impl Mistake {
    /// Makes the mistake in one of the options, if it can be made there: those from `first` on.
    fn make(self, list: &mut Vec<Written>, first: usize, place: Index) -> bool {
        let other = |name: &str, value: &str| Written { name: name.to_owned(), value: value.to_owned() };
        let place = first + place.index(list.len() - first + 1);
        match self {
            Mistake::UnknownOption => list.insert(place, option("nonsense", 1)),
            Mistake::Zero => {
                if list.iter().skip(first).any(|option| option.name == "chunksize") {
                    return false;
                }
                list.insert(place, option("chunksize", 0));
            }
            // At the end it is no mistake.
            Mistake::TwoCommas if place < list.len() => list.insert(place, other("", "")),
            _ => {
                let Some(option) = list.get(place).cloned() else { return false };
                let has_value = option.value.starts_with(" =");
                // What ends so goes on with whatever is behind it.
                let is_open = option.value.ends_with("..");
                match self {
                    Mistake::Twice => list.push(option),
                    Mistake::WithoutValue if has_value => list[place].value = " =".to_owned(),
                    Mistake::Misspelt => list[place].name.push_str("_of"),
                    Mistake::WithoutEquals if has_value => list[place].value.replace_range(..2, ":"),
                    Mistake::TooMuch if has_value && !is_open => list[place].value.push_str(" 2"),
                    Mistake::NoComma if place + 1 < list.len() && !is_open => {
                        let next = list.remove(place + 1);
                        list[place].value.push_str(&format!(" {next}"));
                    }
                    _ => return false,
                }
            }
        }
        true
    }
}

/// What a function cannot be.
const KINDS: [&str; 4] = ["const", "async", "unsafe", "extern \"C\""];

type Expand = fn(&str) -> Option<Vec<String>>;

fn one_error(messages: &[String], of: &dyn Display) {
    assert_eq!(messages.len(), 1, "one mistake in {of}: {messages:#?}");
}

fn any_annotated() -> impl Strategy<Value = Vec<Tree>> {
    valid::annotated().prop_map(|annotated| trees(&annotated.to_string()))
}

fn any_call() -> impl Strategy<Value = Vec<Tree>> {
    prop_oneof![valid::par_map(), valid::pipeline()].prop_map(|call| trees(&call.to_string()))
}

fn mutated(
    valid: impl Strategy<Value = Vec<Tree>>,
    other: impl Strategy<Value = Vec<Tree>>,
) -> impl Strategy<Value = String> {
    (valid, other, vec(any_mutation(), 1..5)).prop_map(|(mut trees, others, mutations)| {
        mutations.iter().for_each(|mutation| mutation.apply(&mut trees, &others));
        written(&trees)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn valid_annotations_have_no_error(annotated in valid::annotated(), comma in any::<bool>()) {
        let text = annotated.to_string();
        let text = if comma && !annotated.options.is_empty() { text.replacen(") ", ",) ", 1) } else { text };
        prop_assert_eq!(holds::attribute(&text), Some(Vec::new()), "{}", text);
    }

    #[test]
    fn valid_calls_have_no_error(call in valid::par_map(), pipeline in valid::pipeline(), comma in any::<bool>()) {
        let comma = if comma { "," } else { "" };
        let (call, pipeline) = (format!("{call}{comma}"), format!("{pipeline}{comma}"));
        prop_assert_eq!(holds::par_map(&call), Some(Vec::new()), "{}", call);
        prop_assert_eq!(holds::pipeline(&pipeline), Some(Vec::new()), "{}", pipeline);
    }

    #[test]
    fn one_mistake_in_an_annotation_is_one_error(
        mut annotated in valid::annotated(), mistake in any_mistake(), place in any::<Index>(),
    ) {
        if mistake.make(&mut annotated.options, 0, place) {
            one_error(&holds::attribute(&annotated.to_string()).expect("tokens"), &annotated);
        }
    }

    #[test]
    fn a_function_of_another_kind_is_one_error(
        mut annotated in valid::annotated(), kind in prop::sample::select(&KINDS[..]),
    ) {
        annotated.qualifiers = kind;
        one_error(&holds::attribute(&annotated.to_string()).expect("tokens"), &annotated);
    }

    #[test]
    fn one_mistake_in_a_call_is_one_error(
        call in valid::par_map(), pipeline in valid::pipeline(), mistake in any_mistake(), place in any::<Index>(),
    ) {
        for (mut call, expand) in [(call, holds::par_map as Expand), (pipeline, holds::pipeline)] {
            if mistake.make(&mut call.arguments, call.options, place) {
                one_error(&expand(&call.to_string()).expect("tokens"), &call);
            }
        }
    }

    #[test]
    fn one_mistake_in_a_stage_is_one_error(
        mut stage in valid::stage(), mistake in any_mistake(), place in any::<Index>(), before in any::<bool>(),
    ) {
        if mistake.make(&mut stage.arguments, 1, place) {
            let other = if before { "par(f, global = &data), " } else { "" };
            let call = format!("xs, {other}{stage}, serial(g), for_each(f, try), processes = 4");
            one_error(&holds::pipeline(&call).expect("tokens"), &call);
        }
    }

    #[test]
    fn changed_annotations_expand(text in mutated(any_annotated(), prop_oneof![any_annotated(), any_call()])) {
        holds::attribute(&text);
    }

    #[test]
    fn changed_calls_expand(text in mutated(any_call(), prop_oneof![any_annotated(), any_call()])) {
        holds::par_map(&text);
        holds::pipeline(&text);
    }

    #[test]
    fn random_tokens_expand(options in any_trees(), item in any_trees()) {
        let (options, item) = (written(&options), written(&item));
        holds::par_map(&item);
        holds::pipeline(&item);
        for item in [&item, "fn f() {}", "fn f(x: u8) {}", "fn f(&self, x: &str, data: &[u8], buf: &mut u8) -> Option<u8>;"] {
            holds::attribute(&format!("({options}) {item}"));
        }
    }

    #[test]
    fn what_is_cut_off_expands(annotated in any_annotated(), call in any_call(), at in any::<Index>()) {
        let cut = |trees: &[Tree]| written(&trees[..at.index(trees.len() + 1)]);
        holds::attribute(&cut(&annotated));
        holds::par_map(&cut(&call));
        holds::pipeline(&cut(&call));
    }
}
