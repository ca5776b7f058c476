//! The messages of the refusals of `pipeline!`, and what stands for a call with one.

use expect_test::expect;

use super::{check_pipeline, expand_pipeline, messages_in};

const STAGES: &str = "`par(f)`, `par_filter(f)`, `par_filter_map(f)`, `par_flat_map(f)`, `serial(f)`, `serial_filter(f)`, \
                      `serial_filter_map(f)`, `serial_flat_map(f)`";
const ENDS: &str = "`collect()`, `for_each(f)`, `fold(init, f)`, `sum()` or `count()`";
const OPTIONS: &str = "`chunksize = ..`, `processes = ..`, `in_flight = ..`, `progress`, `engine = ..` or `crate = ..`";
const SHAPE: &str = "write `pipeline!(items, par(f), collect())`";
const BOTH: &str = "to run it one item at a time in order";
const COMMA: &str = "expected `,`: write a comma between two arguments";

/// Checks that `pipeline!(call)` is answered with exactly these `messages`, one a line.
#[track_caller]
fn check(call: &str, messages: &str) {
    let text = expand_pipeline(call).to_string();
    assert_eq!(messages_in(&text).replace("\\\"", "\""), messages, "in `pipeline!({call})`");
}

/// Checks that all of `calls` are answered with exactly this `message`.
#[track_caller]
fn check_all(calls: &[&str], message: &str) {
    for call in calls {
        check(call, message);
    }
}

#[test]
fn no_mistakes() {
    let calls = [
        "xs, par(f), collect(),",
        "count, par(f), sum()",
        "{ count() }, sum()",
        "x.await.y()?, par(|x| x?), collect()",
        "xs, par(local(f)), collect()",
        "xs, par(index), collect()",
        "xs == ys, collect()",
        "xs, par(f, chunksize = 1, processes = n), serial(f, chunksize = 1, global = 2, try,), fold(0, f, try)",
    ];
    check_all(&calls, "");
}

#[test]
fn calls_that_lack_something() {
    check("", &format!("nothing to run: {SHAPE}"));
    check(", par(f), collect()", &format!("expected the source: {SHAPE}"));
    check_all(&["par(f), collect()", "collect()"], &format!("no source before this: {SHAPE}"));
    check_all(
        &["chunksize = 3", "in_flight = 3, processes = a, xs, sum()"],
        &format!("no source before this: {SHAPE}"),
    );
    check_all(&["xs", "xs,"], &format!("no end behind the source: write {ENDS}"));
    check_all(&["xs, par(f)", "xs, par(f),"], &format!("no end behind this stage: write {ENDS}"));
    check("xs, par(f), in_flight = 3", &format!("no end before the options: write {ENDS}"));
}

#[test]
fn arguments_without_a_comma() {
    let calls = [
        "xs par(f), collect()",
        "xs; par(f), collect()",
        "xs => par(f), collect()",
        "xs, par(f) collect()",
        "xs, par(f).par(g), collect()",
        "xs, par(f)(g), collect()",
        "xs, par(f g), collect()",
        "xs, par(f try), collect()",
        "xs, par(f), fold(0 f)",
        "xs, par(f), collect() in_flight = 3",
    ];
    check_all(&calls, COMMA);
    check("xs; par(f); collect()", &format!("{COMMA}\n{COMMA}"));
    let between_options = "expected `,`: write a comma between two options";
    check_all(&["xs, collect(), processes = 1 chunksize = 2", "xs, par(f, processes = 1 try), sum()"], between_options);
}

#[test]
fn stages_and_ends_in_the_wrong_order() {
    check("xs, collect(), par(f)", "stage `par` stands behind the end: write it before `collect`");
    check("xs, par(f), sum(), par(f), serial(g)", "stage `par` stands behind the end: write it before `sum`");
    check("xs, sum(), par(f), collect()", "the end `sum` stands before a stage: leave it out, as an end comes last");
    check("xs, collect(), sum()", "a pipeline has one end: leave out `collect` or `sum`");
    check("xs, par(f), collect(), engine = threads, count()", "a pipeline has one end: leave out `collect` or `count`");
    check("xs, in_flight = 3, collect()", "option `in_flight` stands before the end: write it behind `collect`");
    check("xs, processes = 3, par(f), sum()", "option `processes` stands before the end: write it behind `sum`");
}

#[test]
fn stages_that_do_not_exist() {
    for name in ["map", "parallel", "par_map"] {
        let message = format!("unknown stage `{name}`: write `par(f)`, or `serial(f)` {BOTH}");
        check_all(&[&format!("xs, {name}(f), collect()"), &format!("xs, collect(), {name}(f)")], &message);
    }
    for (name, meant) in
        [("filter", "filter"), ("filter_map", "filter_map"), ("flat_map", "flat_map"), ("flatten", "flat_map")]
    {
        let message = format!("unknown stage `{name}`: write `par_{meant}(f)`, or `serial_{meant}(f)` {BOTH}");
        check(&format!("xs, {name}(f), par(g), collect()"), &message);
    }
    check("xs, seq(f), collect()", "unknown stage `seq`: write `serial(f)`");
    check("xs, par(f), to_vec()", "unknown stage `to_vec`: write the end `collect()`");
    check("xs, par(f), reduce(0, f)", "unknown stage `reduce`: write the end `fold(init, f)`");
    check("xs, par(f), foreach(f)", "unknown stage `foreach`: write the end `for_each(f)`");
    let list = format!("write {STAGES}, or the end {ENDS}");
    check("xs, stages(f), collect()", &format!("unknown stage `stages`: {list}"));
    check("xs, par(f), finish()", &format!("unknown stage `finish`: {list}"));
    check_all(
        &["xs, f, collect()", "xs, |x| x + 1, collect()", "xs, m::f, collect()"],
        &format!("a function stands in a stage: write `par(f)`, or `serial(f)` {BOTH}"),
    );
    check_all(
        &["xs, 3 + 4, collect()", "xs, x +, collect()", "xs, , collect()"],
        &format!("expected a stage or an end: {list}"),
    );
}

#[test]
fn stages_written_in_another_way() {
    check("xs, par, collect()", "`par` has no parentheses: write `par(f)`");
    check("xs, collect", "`collect` has no parentheses: write `collect()`");
    check_all(
        &["xs, par |x| x, collect()", "xs, par = f, collect()", "xs, par { f }, collect()", "xs, par!(f), collect()"],
        "`par` is written `par(f)`",
    );
    check("xs, par(f), fold = (0, f)", "`fold` is written `fold(init, f)`");
}

#[test]
fn functions_that_are_not_there_or_too_many() {
    check("xs, par(), collect()", "`par` has no function: write `par(f)`");
    check("xs, par(, try), collect()", "expected the function: write `par(f)`");
    check_all(
        &["xs, par(try), sum()", "xs, par(processes = 4, f), sum()", "xs, par(local(buf = 1)), sum()"],
        "expected the function: write `par(f)`, and options behind it",
    );
    check("xs, par(|x| x.), collect()", "unexpected end of input, expected identifier or integer");
    let options = "`global = ..`, `chunksize = ..`, `processes = ..`, `local(..)` or `try`";
    let another = "`par` takes one function: write another stage for it";
    check_all(&["xs, par(f, |x| x), sum()", "xs, par(f, m::g), sum()"], another);
    check_all(
        &["xs, par(f, g), sum()", "xs, par(f, tries), sum()"],
        &format!("{another}, or write an option: {options}"),
    );
    check("xs, for_each()", "`for_each` has no function: write `for_each(f)`");
    check("xs, for_each(f, |x| x)", "`for_each` takes one function: leave it out");
    check("xs, for_each(f, tries)", "`for_each` takes one function: leave it out, or write an option: `try`");
    check("xs, fold()", "`fold` has no initial value: write `fold(init, f)`");
    check_all(&["xs, fold(0)", "xs, fold(0,)", "xs, fold((0, f))"], "`fold` has no function: write `fold(init, f)`");
    check_all(
        &["xs, fold(|a, x| a + x)", "xs, fold(|a, x| a + x, 0)"],
        "the initial value comes first: write `fold(init, f)`",
    );
    check("xs, fold(0, f, |x| x)", "`fold` takes one function: leave it out");
    check_all(&["xs, collect(f)", "xs, collect(Vec::new())"], "`collect` takes nothing: write `collect()`");
}

#[test]
fn options_of_a_stage() {
    let parallel = "write `global = ..`, `chunksize = ..`, `processes = ..`, `local(..)` or `try`";
    check("xs, par(f, threads = 4), collect()", &format!("unknown option `threads`: {parallel}"));
    check("xs, par(f, 3), collect()", &format!("expected an option: {parallel}"));
    let serial = "write `global = ..`, `chunksize = ..` or `try`";
    check("xs, serial(f, threads = 4), collect()", &format!("unknown option `threads`: {serial}"));
    let alone = "is for parallel stages: a serial stage has one worker at a time, so";
    check("xs, serial(f, processes = 4), collect()", &format!("`processes` {alone} leave the option out"));
    check(
        "xs, serial(f, local(buf = Vec::new())), collect()",
        &format!("`local` {alone} let its function change what it captures"),
    );
    check("xs, par(f, try, try), collect()", "option `try` is given twice: write it once");
    check("xs, par(f, try = 1), collect()", "option `try` is written `try`");
    check("xs, par(f, global = a, b), sum()", "unknown option `b`: several globals are written `global = (a, b)`");
    check(
        "xs, par(f, global = ()), collect()",
        "`global = ()` shares nothing: write `global = &data`, or leave the option out",
    );
    for name in ["processes", "chunksize"] {
        let least = format!("`{name}` is at least 1: write a larger number, or leave the option out");
        check(&format!("xs, par(f, {name} = 0), collect()"), &least);
        let negative = format!("`{name}` cannot be negative: write at least 1, or leave the option out");
        check(&format!("xs, par(f, {name} = -1), collect()"), &negative);
    }
    for option in ["in_flight = 3", "progress", "engine = threads", "crate = p"] {
        let name = option.split(' ').next().unwrap_or_default();
        let message = format!("`{name}` is for the pipeline as a whole: write it behind the end");
        check_all(&[&format!("xs, par(f, {option}), sum()"), &format!("xs, for_each(f, {option})")], &message);
    }
}

#[test]
fn options_of_an_end() {
    check("xs, for_each(f, foo = 1)", "unknown option `foo`: write `try`");
    check("xs, count(foo = 4)", "unknown option `foo`: leave it out");
    for end in ["collect(", "sum(", "for_each(f, ", "fold(0, f, "] {
        for option in ["processes = 2", "chunksize = 2"] {
            let name = option.split(' ').next().unwrap_or_default();
            let message = format!("`{name}` is for stages and for the pipeline: write it behind the end");
            check(&format!("xs, {end}{option})"), &message);
        }
        check(&format!("xs, {end}global = &data)"), "`global` is for stages: write `par(f, global = &data)`");
        let message = "`local` is for parallel stages: write `par(f, local(buf = Vec::new()))`";
        check(&format!("xs, {end}local(buf = 1))"), message);
    }
    let message = "`try` is for functions: put `try` on the stage whose function returns a `Result`";
    check_all(&["xs, collect(try)", "xs, par(f), sum(try)", "xs, count(try)"], message);
}

#[test]
fn options_of_the_pipeline() {
    for call in ["xs, collect(), foo = 3", "xs, collect(), foo", "xs, collect(), foo(3)", "xs, foo = 3, collect()"] {
        check(call, &format!("unknown option `foo`: write {OPTIONS}"));
    }
    check("xs, collect(), 3", &format!("expected an option: write {OPTIONS}"));
    check_all(
        &["xs, collect(), try", "xs, par(f), try, collect()"],
        "`try` is for functions: put `try` on the stage whose function returns a `Result`",
    );
    check("xs, collect(), global = &data", "`global` is for stages: write `par(f, global = &data)`");
    check(
        "xs, par(f), local(b = 1), collect()",
        "`local` is for parallel stages: write `par(f, local(buf = Vec::new()))`",
    );
    for option in ["processes", "chunksize", "in_flight"] {
        let least = format!("`{option}` is at least 1: write a larger number, or leave the option out");
        check_all(&[&format!("xs, sum(), {option} = 0"), &format!("xs, sum(), {option} = 0x0_usize")], &least);
        let negative = format!("`{option}` cannot be negative: write at least 1, or leave the option out");
        check(&format!("xs, sum(), {option} = -1"), &negative);
        let again = format!("option `{option}` is given twice: write it once");
        check(&format!("xs, sum(), {option} = 1, {option} = 1"), &again);
    }
    check("xs, sum(), in_flight", "`in_flight` has no value: write `in_flight = 64`");
    check("xs, sum(), in_flight(3)", "option `in_flight` is written `in_flight = 64`");
    if cfg!(feature = "progress") {
        check("xs, sum(), progress =", "`progress` has no value: write `progress = \"label\"`");
        check("xs, sum(), progress(\"x\")", "option `progress` is written `progress = \"label\"`");
    } else {
        let message = "`progress` is drawn only with parmap's feature of that name: write `features = [\"progress\"]` where \
                       Cargo.toml names parmap";
        check_all(&["xs, sum(), progress", "xs, sum(), progress = \"label\"", "xs, sum(), progress ="], message);
    }
    check("xs, sum(), engine", "`engine` has no value: write `engine = threads`");
    check_all(
        &["xs, sum(), engine = mpi", "xs, sum(), engine = \"threads\"", "xs, sum(), engine = a::threads"],
        "the only engine is `threads`: write `engine = threads`, or leave the option out",
    );
}

#[test]
fn options_of_other_macros() {
    for start in ["xs, par(f, ", "xs, serial(f, ", "xs, for_each(f, ", "xs, sum("] {
        let end = if start.contains("par(") || start.contains("serial(") { "), sum()" } else { ")" };
        let elsewhere = "is for functions and for `par_map!`: ";
        check(
            &format!("{start}index = i{end}"),
            &format!("`index` {elsewhere}number the items in the source, as in `(0..).zip(items)`"),
        );
        check(
            &format!("{start}reduce = sum{end}"),
            &format!("`reduce` {elsewhere}write the end `sum()` or `fold(init, f)`"),
        );
        check(&format!("{start}fold = (0, f){end}"), "`fold` is an end: write `fold(init, f)` behind the last stage");
        check(&format!("{start}into = &mut out{end}"), "`into` is for `par_map!`: write the end `for_each(f)`");
    }
}

#[test]
fn all_mistakes_are_reported_together() {
    check(
        "xs, map(f), par(g, processes = 0), serial(h, local(b = 1)) sum(f), in_flight = 0",
        &format!(
            "unknown stage `map`: write `par(f)`, or `serial(f)` {BOTH}\n\
             `processes` is at least 1: write a larger number, or leave the option out\n\
             `local` is for parallel stages: a serial stage has one worker at a time, so let its function change what it \
             captures\n\
             {COMMA}\n\
             `sum` takes nothing: write `sum()`\n\
             `in_flight` is at least 1: write a larger number, or leave the option out"
        ),
    );
}

#[test]
fn a_mistake_beside_a_whole_pipeline() {
    check_pipeline(
        r#"xs, par(|x, data| f(x, data), global = &data, try), fold(0, |a, x| a + x), in_flight = 0"#,
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "`in_flight` is at least 1: write a larger number, or leave the option out"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(xs);
                let (parmap_global_0,) = (::parmap::__private::shared(&data),);
                fn parmap_typed<T, W, G0, F, R>(
                    _: &::parmap::__private::pipeline::Item<T, W>,
                    _: &impl ::core::ops::FnOnce() -> (),
                    _: &G0,
                    f: F,
                ) -> impl ::core::ops::Fn(T, G0) -> R
                where
                    F: ::core::ops::Fn(T, G0) -> R,
                {
                    f
                }
                let parmap_local = || ();
                let parmap_f = parmap_typed(
                    &::parmap::__private::pipeline::item(&parmap_pipe),
                    &parmap_local,
                    &parmap_global_0,
                    |x, data| f(x, data),
                );
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item, parmap_global_0),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Tries,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_pipe = parmap_pipe
                    .fold(0, |a, x| a + x, ::parmap::__private::pipeline::Plain);
                let _ = (parmap_pipe,);
                parmap_error
            }
        "#]],
    );
}

#[test]
fn a_mistake_in_a_stage() {
    check_pipeline(
        r#"xs, par(|x| f(x)), par(|x, data| g(x, data), globl = &data), par(|x| h(x), global = 3), for_each(|x| i(x))"#,
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "unknown option `globl`: write `global = ..`, `chunksize = ..`, `processes = ..`, `local(..)` or `try`"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| f(x),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let _ = (parmap_pipe, &(|x, data| g(x, data)), &3, &(|x| h(x)), &(|x| i(x)));
                parmap_error
            }
        "#]],
    );
}

#[test]
fn a_stage_that_does_not_exist() {
    check_pipeline(
        r#"xs, par(|x| f(x)), map(|x| g(x)), for_each(|x| h(x))"#,
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "unknown stage `map`: write `par(f)`, or `serial(f)` to run it one item at a time in order"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| f(x),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let _ = (parmap_pipe, &(|x| h(x)), &(|x| g(x)));
                parmap_error
            }
        "#]],
    );
}

#[test]
fn a_try_that_may_belong_anywhere() {
    check_pipeline(
        r#"xs, par(|x| f(x)), collect(try)"#,
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "`try` is for functions: put `try` on the stage whose function returns a `Result`"
                    }
                };
                let _ = (&xs, &(|x| f(x)));
                parmap_error
            }
        "#]],
    );
}

#[test]
fn no_source() {
    check_pipeline(
        r#"par(|x| f(x)), sum()"#,
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "no source before this: write `pipeline!(items, par(f), collect())`"
                    }
                };
                let _ = (&(|x| f(x)),);
                parmap_error
            }
        "#]],
    );
}

#[test]
fn nothing() {
    check_pipeline(
        r#""#,
        expect![[r#"
        fn main() {
            let parmap_error = {
                ::core::compile_error! {
                    "nothing to run: write `pipeline!(items, par(f), collect())`"
                }
            };
            let _ = ();
            parmap_error
        }
    "#]],
    );
}
