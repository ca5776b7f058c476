//! What stands in for a function with a mistake.

use expect_test::expect;

use super::{check, check_method, expand};

#[test]
fn the_driver_stays_with_a_body_that_never_runs() {
    check(
        "globl = data, chunksize = 25",
        r#"
            fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
                data[section].iter().sum()
            }
        "#,
        expect![[r#"
            ::core::compile_error! {
                "unknown option `globl`: write `global = ..`, `chunksize = ..`, `processes = ..`, `index = ..`, `local(..)`, `try`, `reduce = ..`, `fold = ..` or `crate = ..`"
            }
            fn section_sum<ParmapItems: ::parmap::OneOrMany<Range<usize>>>(
                section: ParmapItems,
                data: &[f64],
            ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
                let _ = (
                    &section,
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        section: Range<usize>,
                    | -> f64 { data[section].iter().sum() },
                );
                loop {}
            }
        "#]],
    );
}

#[test]
fn the_item_is_what_no_mistaken_option_mentions() {
    let mistaken = ["globl = a", "a", "global(a)", "global = &a", "global = a b", "globl = (a, c)", "chunk = a.len()"];
    for options in mistaken {
        let expansion = expand(options, "fn f(a: &[u8], x: u8) {}").to_string();
        assert!(expansion.contains("x : ParmapItems"), "{options}: {expansion}");
    }
    let expansion = expand("global = a, global = b", "fn f(a: u8, b: u8, x: u8) {}").to_string();
    assert!(expansion.contains("x : ParmapItems"), "{expansion}");
}

#[test]
fn a_function_of_another_abi() {
    check(
        "",
        r#"pub extern "C" fn double(x: u8) -> u8 { x * 2 }"#,
        expect![[r#"
            ::core::compile_error! {
                "other languages cannot call a generic function: write a plain `fn`, and call it from the `extern` one"
            }
            pub fn double<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<u8, ::parmap::__private::Vec<u8>> {
                let _ = (
                    &x,
                    |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: u8| -> u8 { x * 2 },
                );
                loop {}
            }
        "#]],
    );
}

#[test]
fn a_method_that_takes_itself_by_value() {
    check_method(
        "",
        "fn row(self, i: usize) -> u8 { self.0[i] }",
        expect![[r#"
            impl Table {
                ::core::compile_error! {
                    "all items share the receiver, so it cannot be taken by value: write `&self`"
                }
                fn row<ParmapItems: ::parmap::OneOrMany<usize>>(
                    self,
                    i: ParmapItems,
                ) -> ParmapItems::Output<u8, ::parmap::__private::Vec<u8>> {
                    let _ = (
                        &i,
                        |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] i: usize| -> u8 {
                            self.0[i]
                        },
                    );
                    loop {}
                }
            }
        "#]],
    );
}

#[test]
fn a_function_that_cannot_be_a_driver_stays_as_written() {
    check(
        "",
        "async fn load(path: &Path) -> u8 { read(path).await }",
        expect![[r#"
            ::core::compile_error! {
                "workers run plain functions: write it without `async`"
            }
            async fn load(path: &Path) -> u8 {
                read(path).await
            }
        "#]],
    );
}

#[test]
fn what_is_no_function_stays_as_written() {
    check(
        "chunksize = 0",
        "pub struct Row { cells: Vec<f64>, }",
        expect![[r#"
            ::core::compile_error! {
                "`#[parmap]` is for functions and methods: write it on an `fn`"
            }
            pub struct Row {
                cells: Vec<f64>,
            }
        "#]],
    );
}
