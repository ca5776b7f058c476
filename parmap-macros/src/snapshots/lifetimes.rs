//! Which elided lifetimes are named, and how.

use expect_test::expect;

use super::{check, check_method, expand};

#[test]
fn each_elided_lifetime_of_the_item_is_its_own() {
    check(
        "",
        "fn f(x: (&str, &mut Row<'_>, &'static u8)) {}",
        expect![[r#"
            fn f<
                'parmap_item_1,
                'parmap_item_2,
                'parmap_item_3,
                ParmapItems: ::parmap::OneOrMany<
                        (&'parmap_item_1 str, &'parmap_item_2 mut Row<'parmap_item_3>, &'static u8),
                    >,
            >(x: ParmapItems) -> ParmapItems::Output<(), ()> {
                ::parmap::__private::drive::<
                    (&'parmap_item_1 str, &'parmap_item_2 mut Row<'parmap_item_3>, &'static u8),
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    x,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "f",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: (
                            &'parmap_item_1 str,
                            &'parmap_item_2 mut Row<'parmap_item_3>,
                            &'static u8,
                        ),
                    | -> () {},
                    || ::parmap::__private::nothing(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn the_result_takes_the_lifetime_of_the_item() {
    check(
        "",
        "fn first(line: &str) -> Option<&str> { line.split(' ').next() }",
        expect![[r#"
            fn first<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                line: ParmapItems,
            ) -> ParmapItems::Output<
                Option<&'parmap_item_1 str>,
                ::parmap::__private::Vec<Option<&'parmap_item_1 str>>,
            > {
                ::parmap::__private::drive::<
                    &'parmap_item_1 str,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    line,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "first",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        line: &'parmap_item_1 str,
                    | -> Option<&'parmap_item_1 str> { line.split(' ').next() },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn the_result_takes_the_lifetime_of_the_only_global() {
    check(
        "global = data",
        "fn row(i: usize, data: &[f64]) -> &f64 { &data[i] }",
        expect![[r#"
            fn row<ParmapItems: ::parmap::OneOrMany<usize>>(
                i: ParmapItems,
                data: &[f64],
            ) -> ParmapItems::Output<&f64, ::parmap::__private::Vec<&f64>> {
                ::parmap::__private::drive::<
                    usize,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    i,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "row",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        i: usize,
                    | -> &f64 { &data[i] },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn the_result_takes_the_lifetime_of_self_before_others() {
    check_method(
        "global = b",
        "fn cell(&self, a: &str, b: &str) -> Cow<'_, str> { self.cell(a, b) }",
        expect![[r#"
            impl Table {
                fn cell<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                    &self,
                    a: ParmapItems,
                    b: &str,
                ) -> ParmapItems::Output<Cow<'_, str>, ::parmap::__private::Vec<Cow<'_, str>>> {
                    ::parmap::__private::drive::<
                        &'parmap_item_1 str,
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                        _,
                    >(
                        a,
                        || ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "cell",
                            );
                            &PARMAP_SITE
                        }),
                        || (),
                        |
                            _,
                            _,
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            a: &'parmap_item_1 str,
                        | -> Cow<'_, str> { self.cell(a, b) },
                        || ::parmap::__private::collect(),
                        ::parmap::__private::Plain,
                    )
                }
            }
        "#]],
    );
}

#[test]
fn the_result_takes_the_lifetime_of_a_self_with_its_type_written() {
    for receiver in ["self: &Self", "self: (&Self)", "self: &Arc<Self>"] {
        let method = format!("fn cell({receiver}, a: &str) -> &str {{ self.get(a) }}");
        let expansion = expand("", &method).to_string();
        assert!(
            expansion.contains("-> ParmapItems :: Output < & str , :: parmap :: __private :: Vec < & str > >"),
            "{receiver}: {expansion}"
        );
    }
}

#[test]
fn a_lifetime_in_impl_is_not_the_result_s() {
    check(
        "global = g",
        "fn f<'a>(x: &str, g: impl Tr<'a> + Sync) -> &str { g.get(x) }",
        expect![[r#"
            fn f<'parmap_item_1, 'a, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                x: ParmapItems,
                g: impl Tr<'a> + Sync,
            ) -> ParmapItems::Output<
                &'parmap_item_1 str,
                ::parmap::__private::Vec<&'parmap_item_1 str>,
            > {
                ::parmap::__private::drive::<
                    &'parmap_item_1 str,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    x,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "f",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: &'parmap_item_1 str,
                    | -> &'parmap_item_1 str { g.get(x) },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_lifetime_that_a_type_declares_is_not_the_item_s() {
    check(
        "",
        "fn f(x: Box<dyn for<'a> Tr<'a> + '_>) -> &str { x.get() }",
        expect![[r#"
            fn f<
                'parmap_item_1,
                ParmapItems: ::parmap::OneOrMany<Box<dyn for<'a> Tr<'a> + 'parmap_item_1>>,
            >(
                x: ParmapItems,
            ) -> ParmapItems::Output<
                &'parmap_item_1 str,
                ::parmap::__private::Vec<&'parmap_item_1 str>,
            > {
                ::parmap::__private::drive::<
                    Box<dyn for<'a> Tr<'a> + 'parmap_item_1>,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    x,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "f",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: Box<dyn for<'a> Tr<'a> + 'parmap_item_1>,
                    | -> &'parmap_item_1 str { x.get() },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn the_result_takes_a_written_lifetime() {
    check(
        "global = b",
        "fn f<'a>(a: (&'a u8, &'a u8), b: impl Fn(&u8)) -> &u8 { a.0 }",
        expect![[r#"
            fn f<'a, ParmapItems: ::parmap::OneOrMany<(&'a u8, &'a u8)>>(
                a: ParmapItems,
                b: impl Fn(&u8),
            ) -> ParmapItems::Output<&'a u8, ::parmap::__private::Vec<&'a u8>> {
                ::parmap::__private::drive::<
                    (&'a u8, &'a u8),
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    a,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "f",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        a: (&'a u8, &'a u8),
                    | -> &'a u8 { a.0 },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_result_without_a_clear_source_is_left_to_the_compiler() {
    let unclear = [
        "fn f(a: &u8, b: &u8) -> &u8 { a }",
        "fn f(a: &u8, b: &'static u8) -> &u8 { a }",
        "fn f<'a>(a: &'a u8, b: &'a u8) -> &u8 { a }",
        "fn f(a: &dyn Row<'_>, b: u8) -> &u8 { a.get(b) }",
    ];
    for function in unclear {
        assert_eq!(expand("global = b", function).to_string(), as_written(function));
    }
}

#[test]
fn function_types_are_scopes_of_their_own() {
    check(
        "global = (f, g)",
        r#"
            fn apply(
                x: (fn(&u8) -> &u8, &dyn Fn(&u8), Box<dyn for<'a> Visit<'a> + '_>),
                f: fn(&u8) -> u8,
                g: impl Fn(&u8) -> &u8 + Sync
            ) -> [u8; size::<&u8>()] {
                body()
            }
        "#,
        expect![[r#"
            fn apply<
                'parmap_item_1,
                'parmap_item_2,
                ParmapItems: ::parmap::OneOrMany<
                        (
                            fn(&u8) -> &u8,
                            &'parmap_item_1 dyn Fn(&u8),
                            Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                        ),
                    >,
            >(
                x: ParmapItems,
                f: fn(&u8) -> u8,
                g: impl Fn(&u8) -> &u8 + Sync,
            ) -> ParmapItems::Output<
                [u8; size::<&u8>()],
                ::parmap::__private::Vec<[u8; size::<&u8>()]>,
            > {
                ::parmap::__private::drive::<
                    (
                        fn(&u8) -> &u8,
                        &'parmap_item_1 dyn Fn(&u8),
                        Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                    ),
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                    _,
                >(
                    x,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "apply",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: (
                            fn(&u8) -> &u8,
                            &'parmap_item_1 dyn Fn(&u8),
                            Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                        ),
                    | -> [u8; size::<&u8>()] { body() },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

fn as_written(function: &str) -> String {
    function.parse::<proc_macro2::TokenStream>().expect("text should be Rust's tokens").to_string()
}
