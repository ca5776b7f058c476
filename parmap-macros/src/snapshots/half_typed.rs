//! What an editor sees while an annotation, a function or a call is being typed: the function keeps its name, signature and
//! body, a call what can be read of it, at the places where it was written.

use expect_test::expect;
use proc_macro2::{TokenStream, TokenTree};

use super::{check, check_call, check_pipeline, expand, messages_in};

/// What rust-analyzer inserts at the cursor, to see what could be completed there.
const CURSOR: &str = "intellijRulezz";

#[test]
fn a_function_without_a_body() {
    check(
        "global = data",
        "pub fn section_sum(section: Range<usize>, data: &[f64]) -> f64;",
        expect![[r#"
            ::core::compile_error! {
                "there is no body to run here: write it behind the signature"
            }
            pub fn section_sum<ParmapItems: ::parmap::OneOrMany<Range<usize>>>(
                section: ParmapItems,
                data: &[f64],
            ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
                let _ = (&section, &data);
                loop {}
            }
        "#]],
    );
    check(
        "",
        "fn double(x: u8) -> u8",
        expect![[r#"
        ::core::compile_error! {
            "there is no body to run here: write it behind the signature"
        }
        fn double<ParmapItems: ::parmap::OneOrMany<u8>>(
            x: ParmapItems,
        ) -> ParmapItems::Output<u8, ::parmap::__private::Vec<u8>> {
            let _ = (&x,);
            loop {}
        }
    "#]],
    );
}

#[test]
fn a_method_without_a_body() {
    // A trait may declare it so, and what implements that is called in the same way.
    for method in ["fn row (& self , i : usize) -> u8 ;", "fn row (i : usize) -> Self ;", "fn row (& self) ;"] {
        let advice = "write `#[parmap]` on a function that has one, and call that from the trait's methods";
        let expansion = expand("", method).to_string();
        assert_eq!(messages_in(&expansion), format!("there is no body to run here: {advice}"));
        assert!(expansion.ends_with(method), "{expansion}");
    }
}

#[test]
fn a_function_that_a_trait_or_another_language_may_declare() {
    let declared = [
        "fn cost (x : f64 , data : & [f64]) -> f64 ;",
        "fn cost < K : Key > (key : & K) -> f64 ;",
        "pub fn cbrt (x : f64) -> f64 ;",
        "pub fn cbrt (x : c_double) -> c_double ;",
        "pub unsafe fn sum (data : * const f64 , len : usize , each : fn (f64)) ;",
    ];
    for function in declared {
        let expansion = expand("", function).to_string();
        assert!(expansion.ends_with(function), "{expansion}");
    }
    for function in declared.map(|function| function.trim_end_matches(';')) {
        assert!(expand("", function).to_string().contains("loop { }"), "{function}");
    }
    for function in ["pub fn cost (x : & [f64]) -> f64 ;", "pub (crate) fn first < T > (x : Row) -> u8 ;"] {
        assert!(expand("", function).to_string().contains("loop { }"), "{function}");
    }
}

#[test]
fn a_function_without_a_body_and_without_an_item() {
    let expansion = expand("chunksize = 0", "fn double () ;").to_string();
    let zero = "`chunksize` is at least 1: write a larger number, or leave the option out";
    let advice = "write it behind the signature, or `#[parmap]` on a function that calls this one";
    let messages = format!("{zero}\nthere is no body to run here: {advice}");
    assert_eq!(messages_in(&expansion), messages);
    assert!(expansion.ends_with("fn double () ;"), "{expansion}");
}

/// The function of `#[parmap(options)]` below, while the options are being typed.
#[track_caller]
fn check_options(options: &str, expected: expect_test::Expect) {
    check(options, "fn scale(x: f64, factor: f64) -> f64 { x * factor }", expected);
}

#[test]
fn half_the_name_of_an_option() {
    check_options(
        "global = factor, chunk",
        expect![[r#"
        ::core::compile_error! {
            "unknown option `chunk`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`"
        }
        fn scale<ParmapItems: ::parmap::OneOrMany<f64>>(
            x: ParmapItems,
            factor: f64,
        ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
            let _ = (
                &x,
                |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: f64| -> f64 {
                    x * factor
                },
            );
            loop {}
        }
    "#]],
    );
}

#[test]
fn an_option_without_a_value() {
    check_options(
        "global = factor, chunksize =",
        expect![[r#"
        ::core::compile_error! {
            "`chunksize` has no value: write `chunksize = 25`"
        }
        fn scale<ParmapItems: ::parmap::OneOrMany<f64>>(
            x: ParmapItems,
            factor: f64,
        ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
            let _ = (
                &x,
                |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: f64| -> f64 {
                    x * factor
                },
            );
            loop {}
        }
    "#]],
    );
    check_options(
        "global = ",
        expect![[r#"
        ::core::compile_error! {
            "`global` has no value: write `global = data`"
        }
        fn scale<ParmapItems: ::parmap::OneOrMany<f64>>(
            x: ParmapItems,
            factor: f64,
        ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
            let _ = (
                &x,
                |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: f64| -> f64 {
                    x * factor
                },
            );
            loop {}
        }
    "#]],
    );
}

#[test]
fn every_beginning_of_the_options_leaves_the_function() {
    let whole = "global = (factor, bias), chunksize = n(1) + 2, index = i, local(buf = Vec::new(), rng = seed.clone()), try, \
                 reduce = (0.0, |a, b| a + b), crate = ::parmap";
    let function =
        "fn scale(x: f64, i: usize, factor: f64, bias: f64, buf: &mut Vec<f64>, rng: &mut Rng) -> Option<f64> {
        buf.push(x); Some(x * factor + bias)
    }";
    let tokens: Vec<TokenTree> =
        whole.parse::<TokenStream>().expect("text should be Rust's tokens").into_iter().collect();
    for end in 0..=tokens.len() {
        let typed: TokenStream = tokens[..end].iter().cloned().collect();
        let expansion = expand(&typed.to_string(), function).to_string();
        let parts =
            ["fn scale <", "ParmapItems : :: parmap :: OneOrMany <", "{ buf . push (x) ; Some (x * factor + bias) }"];
        let is_whole = parts.iter().all(|part| expansion.contains(part));
        assert!(is_whole, "`{typed}`: {expansion}");
    }
}

#[test]
fn a_signature_that_cannot_be_read_stays_as_it_is() {
    let signatures =
        ["fn f(x: ) -> u8 { x }", "fn f(x) -> u8 { x }", "fn f(x: u8 y: u8) { x }", "fn f(x: u8) -> { x }", "fn f"];
    for written in signatures {
        let tokens: TokenStream = written.parse().expect("text should be Rust's tokens");
        let expansion = expand("chunksize = 2", written).to_string();
        assert!(expansion.ends_with(&tokens.to_string()), "{written}: {expansion}");
        assert_eq!(messages_in(&expansion).lines().count(), 1, "{written}: {expansion}");
    }
}

#[test]
fn calls_that_begin() {
    check_call(
        "f",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "no items to map: write `par_map!(f, items)`"
                }
            } {
                parmap_error => {
                    let _ = (&f,);
                    parmap_error
                }
            }
        }
    "#]],
    );
    check_call(
        "f,",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "no items to map: write `par_map!(f, items)`"
                }
            } {
                parmap_error => {
                    let _ = (&f,);
                    parmap_error
                }
            }
        }
    "#]],
    );
    check_call(
        "|x| x.",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "unexpected end of input, expected identifier or integer"
                }
            } {
                parmap_error => {
                    let _ = ();
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn the_items_behind_a_function_that_cannot_be_read() {
    check_call(
        "|x| x., 0..n, chunksize = size",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "expected identifier or integer"
                }
            } {
                parmap_error => {
                    let _ = (&(0..n),);
                    parmap_error
                }
            }
        }
    "#]],
    );
    check_call(
        ", xs",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "expected the function: write `par_map!(f, items)`"
                }
            } {
                parmap_error => {
                    let _ = (&xs,);
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn the_items_without_a_comma_before_them() {
    check_call(
        "f xs",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "expected `,`: write a comma between two arguments"
                }
            } {
                parmap_error => {
                    match (xs,) {
                        (parmap_items,) => {
                            let parmap_local = || ();
                            match &f {
                                parmap_f => {
                                    let parmap_item = {
                                        use ::parmap::__private::{
                                            InfersItem as _, PrefersCloned as _, PrefersNatural as _,
                                        };
                                        (&&&::parmap::__private::candidate::<
                                            _,
                                            _,
                                            0,
                                        >(&parmap_items, parmap_f))
                                            .__parmap_item()
                                    };
                                    let _ = (parmap_f, parmap_item);
                                }
                            }
                        }
                    }
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn the_function_before_items_that_cannot_be_read() {
    check_call(
        "f, xs., global = &data",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "expected identifier or integer"
                }
            } {
                parmap_error => {
                    let _ = (&&data, &f);
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn options_before_the_function() {
    check_call(
        "chunksize = n, f, xs",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "expected the function: write `par_map!(f, items)`, and options behind both"
                }
            } {
                parmap_error => {
                    match (xs,) {
                        (parmap_items,) => {
                            let parmap_local = || ();
                            match &f {
                                parmap_f => {
                                    let parmap_item = {
                                        use ::parmap::__private::{
                                            InfersItem as _, PrefersCloned as _, PrefersNatural as _,
                                        };
                                        (&&&::parmap::__private::candidate::<
                                            _,
                                            _,
                                            0,
                                        >(&parmap_items, parmap_f))
                                            .__parmap_item()
                                    };
                                    let _ = (parmap_f, parmap_item);
                                }
                            }
                        }
                    }
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn a_calls_option_without_a_value() {
    check_call(
        "f, items, reduce =",
        expect![[r#"
        fn main() {
            match {
                ::core::compile_error! {
                    "`reduce` has no value: write `reduce = sum`"
                }
            } {
                parmap_error => {
                    match (items,) {
                        (parmap_items,) => {
                            let parmap_local = || ();
                            match &f {
                                parmap_f => {
                                    let parmap_item = {
                                        use ::parmap::__private::{
                                            InfersItem as _, PrefersCloned as _, PrefersNatural as _,
                                        };
                                        (&&&::parmap::__private::candidate::<
                                            _,
                                            _,
                                            0,
                                        >(&parmap_items, parmap_f))
                                            .__parmap_item()
                                    };
                                    let _ = (parmap_f, parmap_item);
                                }
                            }
                        }
                    }
                    parmap_error
                }
            }
        }
    "#]],
    );
}

#[test]
fn a_pipeline_that_begins() {
    check_pipeline(
        "source",
        expect![[r#"
        fn main() {
            let parmap_error = {
                ::core::compile_error! {
                    "no end behind the source: write `collect()`, `for_each(f)`, `fold(init, f)`, `sum()` or `count()`"
                }
            };
            let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(source);
            let _ = (parmap_pipe,);
            parmap_error
        }
    "#]],
    );
    check_pipeline(
        "source, par()",
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "`par` has no function: write `par(f)`"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(source);
                let _ = (parmap_pipe,);
                parmap_error
            }
        "#]],
    );
    check_pipeline(
        "source, par(|x| x + 1)",
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "no end behind this stage: write `collect()`, `for_each(f)`, `fold(init, f)`, `sum()` or `count()`"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(source);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x + 1,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let _ = (parmap_pipe,);
                parmap_error
            }
        "#]],
    );
}

#[test]
fn a_stage_that_cannot_be_read() {
    check_pipeline(
        "source, par(|x| x.), serial(g), collect()",
        expect![[r#"
        fn main() {
            let parmap_error = {
                ::core::compile_error! {
                    "unexpected end of input, expected identifier or integer"
                }
            };
            let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(source);
            let _ = (parmap_pipe, &g);
            parmap_error
        }
    "#]],
    );
    check_pipeline(
        "source, par(f, global =), serial(|x| x + 1), collect()",
        expect![[r#"
            fn main() {
                let parmap_error = {
                    ::core::compile_error! {
                        "`global` has no value: write `global = &data`"
                    }
                };
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(source);
                let _ = (parmap_pipe, &f, &(|x| x + 1));
                parmap_error
            }
        "#]],
    );
}

/// How often the cursor is in an expansion, each time where it was written.
fn cursors(expansion: TokenStream, place: &std::ops::Range<usize>) -> usize {
    let found = expansion.into_iter().map(|token| match token {
        TokenTree::Group(group) => cursors(group.stream(), place),
        TokenTree::Ident(name) if name == CURSOR => {
            assert_eq!(name.span().byte_range(), *place);
            1
        }
        _ => 0,
    });
    found.sum()
}

#[test]
fn what_an_editor_inserts_at_the_cursor_keeps_its_place() {
    let cursor = |text: &str| {
        let text = text.replace('^', CURSOR);
        let start = text.find(CURSOR).expect("a cursor");
        (text.parse::<TokenStream>().expect("text should be Rust's tokens"), start..start + CURSOR.len())
    };
    let functions = [
        "fn f(x: u8) -> u8 { x.^ }",
        "fn f(x: u8) -> u8 { let y = ^; y }",
        "fn f(x: ^) -> u8 { x }",
        "fn f(&self, x: u8) -> Vec<^> { self.g(x) }",
        "fn f(x: Vec<u8>) where ^ { x }",
        "fn f(x: u8) -> u8 { x } ^",
        "^ fn f(x: u8) -> u8 { x }",
    ];
    for options in ["", "chunksize = 2", "chunk", "chunksize ="] {
        for function in functions {
            let (tokens, place) = cursor(function);
            let expansion = crate::attribute::parmap(options.parse().expect("tokens"), tokens);
            assert!(cursors(expansion.clone(), &place) > 0, "{options}, {function}: {expansion}");
        }
    }
    let calls =
        ["|x| x.^, xs", "f.^, xs", "f, xs.^", "f, ^", "^, xs", "f, xs, chunksize = ^", "|x| { ^ }, xs, reduce =, try"];
    let pipelines =
        ["xs.^, par(f)", "xs, par(|x| x.^)", "xs, par(f, global = &^), sum()", "xs, fold(0, |x| ^)", "xs, serial(^)"];
    let expansions = calls.map(|call| (call, crate::par_map::par_map as fn(TokenStream) -> TokenStream));
    for (call, expand) in expansions.into_iter().chain(pipelines.map(|call| (call, crate::pipeline::pipeline as _))) {
        let (tokens, place) = cursor(call);
        let expansion = expand(tokens);
        assert_eq!(cursors(expansion.clone(), &place), 1, "{call}: {expansion}");
    }
}
