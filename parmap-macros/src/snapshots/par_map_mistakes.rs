//! What stands for a `par_map!` with a mistake.

use expect_test::expect;

use super::check_call;

#[test]
fn a_mistake_beside_a_whole_call() {
    check_call(
        r#"|x, data| f(x, data), xs, global = &data, chunksize = 0"#,
        expect![[r#"
            fn main() {
                match {
                    ::core::compile_error! {
                        "`chunksize` is at least 1: write a larger number, or leave the option out"
                    }
                } {
                    parmap_error => {
                        match (xs, &data) {
                            (parmap_items, parmap_global_0) => {
                                fn parmap_typed<T, G0, F, R>(
                                    _: &::parmap::__private::Hint<T>,
                                    _: &impl ::core::ops::FnOnce() -> (),
                                    _: &G0,
                                    f: F,
                                ) -> F
                                where
                                    F: ::core::ops::Fn(T, G0) -> R,
                                {
                                    f
                                }
                                let parmap_local = || ();
                                let (parmap_items, parmap_item) = ::parmap::__private::natural(
                                    parmap_items,
                                );
                                let parmap_f = parmap_typed(
                                    &parmap_item,
                                    &parmap_local,
                                    &parmap_global_0,
                                    |x, data| f(x, data),
                                );
                                let _ = (parmap_f, parmap_item);
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
fn a_mistake_that_leaves_parameters_unknown() {
    check_call(
        r#"|x, data| f(x, data), xs, globl = &data"#,
        expect![[r#"
            fn main() {
                match {
                    ::core::compile_error! {
                        "unknown option `globl`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..`, `into = ..` or `crate = ..`"
                    }
                } {
                    parmap_error => {
                        let _ = (&xs, &(|x, data| f(x, data)));
                        parmap_error
                    }
                }
            }
        "#]],
    );
}

#[test]
fn no_items() {
    check_call(
        r#"f"#,
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
}

#[test]
fn nothing() {
    check_call(
        r#""#,
        expect![[r#"
            fn main() {
                match {
                    ::core::compile_error! {
                        "nothing to map: write `par_map!(f, items)`"
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
