//! Inputs that were expanded wrongly once.

use super::holds;

/// Checks that there is one error in all of these.
#[track_caller]
fn one_error(expand: fn(&str) -> Option<Vec<String>>, inputs: &[&str]) {
    for input in inputs {
        let messages = expand(input).expect("text should be Rust's tokens");
        assert_eq!(messages.len(), 1, "{input}: {messages:#?}");
    }
}

/// Checks that there is none in these.
#[track_caller]
fn no_error(expand: fn(&str) -> Option<Vec<String>>, inputs: &[&str]) {
    for input in inputs {
        assert_eq!(expand(input), Some(Vec::new()), "{input}");
    }
}

#[test]
fn a_missing_comma_behind_try() {
    let function = "fn f(x: u8, i: usize) -> Option<u8> { g(x, i) }";
    one_error(
        holds::attribute,
        &[&format!("(try index = i) {function}"), &format!("(index = i, try processes = 2) {function}")],
    );
    one_error(holds::par_map, &["f, xs, try index = i"]);
}

#[test]
fn try_where_a_path_belongs() {
    one_error(holds::pipeline, &["try::(a), par(f), sum()", "try::f, sum()"]);
    one_error(holds::par_map, &["try::(a), xs", "f, try::(a)"]);
}

#[test]
fn what_cannot_be_the_item_is_not_guessed_to_be() {
    one_error(
        holds::attribute,
        &[
            "(global =) fn f(visit: &(impl Fn(u8) + Sync), x: u8) { visit(x) }",
            "(global =, processes = 4) fn f<T: Visit>(visit: T, x: u8) { visit(x) }",
        ],
    );
}

#[test]
fn functions_that_are_more_than_a_name() {
    let functions =
        ["f as fn(u8) -> u8", "S { f }.f", "if a { f } else { g }", "a + b", "(fragment! a + b)", "-f", "a..b"];
    for function in functions {
        no_error(holds::par_map, &[&format!("{function}, xs"), &format!("{function}, xs, global = 3, try")]);
        for stage in ["par", "serial", "par_filter", "serial_flat_map"] {
            no_error(holds::pipeline, &[&format!("xs, {stage}({function}), for_each({function})")]);
            no_error(holds::pipeline, &[&format!("xs, {stage}({function}, global = 3), fold({function}, {function})")]);
        }
        // What stands beside a mistake is whole as well.
        one_error(
            holds::par_map,
            &[&format!("{function}, 0..n, globl = 1"), &format!("|x, y| x, {function}, globl = 1")],
        );
        one_error(holds::pipeline, &[&format!("{function}, par(), serial({function}), sum()")]);
    }
}

#[test]
fn numbers_that_are_more_than_a_name() {
    for number in ["{ 4 } + 1", "if a { 1 } else { 2 } + 1", "S { n: 2 }.n", "a as usize", "n?"] {
        let stage = format!("par(f, processes = {number}, chunksize = {number})");
        no_error(holds::pipeline, &[&format!("xs, {stage}, sum(), in_flight = {number}, processes = {number}")]);
    }
}

#[test]
fn an_end_that_is_called_again() {
    one_error(
        holds::pipeline,
        &["S { n: 2 }.n, collect()(), engine = threads", "xs, sum()(), engine = threads", "xs, collect()()"],
    );
}
