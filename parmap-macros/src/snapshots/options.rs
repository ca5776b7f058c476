//! What each option makes of the function.

use expect_test::expect;

use super::check;

#[test]
fn index_and_locals() {
    check(
        "global = data, index = i, local(buf = Vec::new(), count = 0)",
        "fn f(x: u8, i: usize, data: &[u8], buf: &mut Vec<u8>, #[allow(unused)] count: &mut u64) -> u8 { x }",
        expect![[r#"
            fn f<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
                data: &[u8],
            ) -> ParmapItems::Output<u8, ::parmap::__private::Vec<u8>> {
                ::parmap::__private::drive::<
                    u8,
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
                    || (Vec::new(), 0, 0_u8),
                    |
                        parmap_local: &mut _,
                        parmap_index,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: u8,
                    | -> u8 {
                        #[allow(clippy::no_effect_underscore_binding)]
                        let i: usize = parmap_index;
                        #[allow(clippy::no_effect_underscore_binding)]
                        let buf: &mut Vec<u8> = &mut parmap_local.0;
                        #[allow(clippy::no_effect_underscore_binding)]
                        #[allow(unused)]
                        let count: &mut u64 = &mut parmap_local.1;
                        match () {
                            () => x,
                        }
                    },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn try_alone() {
    check(
        "try",
        "fn f(x: &str) -> Result<u8, Error> { x.parse() }",
        expect![[r#"
            fn f<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<
                Result<u8, Error>,
                <Result<
                    u8,
                    Error,
                > as ::parmap::__private::Tried>::With<
                    ::parmap::__private::Vec<
                        <Result<u8, Error> as ::parmap::__private::Tried>::Value,
                    >,
                >,
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
                    | -> Result<u8, Error> { x.parse() },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::tries(0),
                )
            }
        "#]],
    );
}

#[test]
fn try_with_a_reduction_that_may_be_none() {
    check(
        "try, reduce = max",
        "fn f(x: u8) -> Option<u8> { Some(x) }",
        expect![[r#"
            fn f<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<
                Option<u8>,
                <Option<
                    u8,
                > as ::parmap::__private::Tried>::With<
                    ::parmap::__private::Option<<Option<u8> as ::parmap::__private::Tried>::Value>,
                >,
            > {
                ::parmap::__private::drive::<
                    u8,
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
                        x: u8,
                    | -> Option<u8> { Some(x) },
                    || ::parmap::__private::max(),
                    ::parmap::__private::tries(0),
                )
            }
        "#]],
    );
}

#[test]
fn a_reduction_by_name() {
    check(
        "reduce = sum",
        "fn f(x: u8) -> u64 { x.into() }",
        expect![[r#"
            fn f<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<u64, u64> {
                ::parmap::__private::drive::<
                    u8,
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
                    |_, _, #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: u8| -> u64 {
                        x.into()
                    },
                    || ::parmap::__private::sum(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_reduction_by_function() {
    check(
        "reduce = (0, |a, b| a.max(b))",
        "fn f(x: u8) -> u64 { x.into() }",
        expect![[r#"
            fn f<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<u64, u64> {
                ::parmap::__private::drive::<
                    u8,
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
                    |_, _, #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: u8| -> u64 {
                        x.into()
                    },
                    || ::parmap::__private::reduce(
                        ::parmap::__private::values::<u64>(),
                        0,
                        |a, b| a.max(b),
                    ),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_fold_with_a_type_of_its_own() {
    check(
        "fold = (String::new(), |acc: String, x| acc + x)",
        "fn f(x: &str) -> &str { x.trim() }",
        expect![[r#"
            fn f<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<&'parmap_item_1 str, String> {
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
                    | -> &'parmap_item_1 str { x.trim() },
                    || ::parmap::__private::fold::<
                        String,
                        _,
                        _,
                    >(
                        ::parmap::__private::values::<&'parmap_item_1 str>(),
                        String::new(),
                        |acc: String, x| acc + x,
                    ),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_fold_of_the_results_type() {
    check(
        "fold = (0, add), try",
        "fn f(x: u8) -> Option<u64> { Some(x.into()) }",
        expect![[r#"
            fn f<ParmapItems: ::parmap::OneOrMany<u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<
                Option<u64>,
                <Option<
                    u64,
                > as ::parmap::__private::Tried>::With<
                    <Option<u64> as ::parmap::__private::Tried>::Value,
                >,
            > {
                ::parmap::__private::drive::<
                    u8,
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
                        x: u8,
                    | -> Option<u64> { Some(x.into()) },
                    || ::parmap::__private::fold::<
                        <Option<u64> as ::parmap::__private::Tried>::Value,
                        _,
                        _,
                    >(
                        ::parmap::__private::values::<
                            <Option<u64> as ::parmap::__private::Tried>::Value,
                        >(),
                        0,
                        add,
                    ),
                    ::parmap::__private::tries(0),
                )
            }
        "#]],
    );
}

#[test]
fn a_result_that_is_nothing_in_writing() {
    check(
        "processes = 2",
        "fn f(x: &mut u8) -> () { *x += 1 }",
        expect![[r#"
            fn f<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 mut u8>>(
                x: ParmapItems,
            ) -> ParmapItems::Output<(), ()> {
                ::parmap::__private::drive::<
                    &'parmap_item_1 mut u8,
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
                    || {
                        ::parmap::__private::Options::new({
                                static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                    "f",
                                );
                                &PARMAP_SITE
                            })
                            .processes(2)
                    },
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: &'parmap_item_1 mut u8,
                    | -> () { *x += 1 },
                    || ::parmap::__private::nothing(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}
