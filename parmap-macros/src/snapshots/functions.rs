//! Free functions without mistakes.

use expect_test::expect;

use super::check;

#[test]
fn all_options() {
    check(
        "global = data, chunksize = 25, processes = 4",
        r#"
            fn section_sum(section: Range<usize>, data: &[f64]) -> f64 {
                data[section].iter().sum()
            }
        "#,
        expect![[r#"
            fn section_sum<ParmapItems: ::parmap::OneOrMany<Range<usize>>>(
                section: ParmapItems,
                data: &[f64],
            ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
                ::parmap::__private::drive::<
                    Range<usize>,
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
                    section,
                    || {
                        ::parmap::__private::Options::new({
                                static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                    "section_sum",
                                );
                                &PARMAP_SITE
                            })
                            .chunksize(25)
                            .processes(4)
                    },
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        section: Range<usize>,
                    | -> f64 { data[section].iter().sum() },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn no_options_and_no_result() {
    check(
        "",
        r#"fn print(line: String) { println!("{line}") }"#,
        expect![[r#"
            fn print<ParmapItems: ::parmap::OneOrMany<String>>(
                line: ParmapItems,
            ) -> ParmapItems::Output<(), ()> {
                ::parmap::__private::drive::<
                    String,
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
                            "print",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        line: String,
                    | -> () { println!("{line}") },
                    || ::parmap::__private::nothing(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn attributes_and_visibility() {
    check(
        "global = scale",
        r#"
            /// Scales `x`.
            #[must_use]
            pub(crate) fn scaled(#[allow(unused_mut)] mut x: f64, #[allow(unused)] scale: f64) -> f64 {
                #![allow(clippy::float_arithmetic)]
                x * scale
            }
        "#,
        expect![[r#"
            /// Scales `x`.
            #[must_use]
            pub(crate) fn scaled<ParmapItems: ::parmap::OneOrMany<f64>>(
                x: ParmapItems,
                #[allow(unused)]
                scale: f64,
            ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
                #![allow(clippy::float_arithmetic)]
                ::parmap::__private::drive::<
                    f64,
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
                            "scaled",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        #[allow(unused_mut)]
                        mut x: f64,
                    | -> f64 { x * scale },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn generics_and_where_clause() {
    check(
        "global = (table, key)",
        r#"
            fn look_up<'t, K: Eq, V, const N: usize>(row: [usize; N], table: &'t [(K, V)], key: K) -> Option<&'t V>
            where
                K: Hash,
                V: Sync
            {
                table.get(row[0]).filter(|(k, _)| *k == key).map(|(_, v)| v)
            }
        "#,
        expect![[r#"
            fn look_up<'t, K: Eq, V, const N: usize, ParmapItems: ::parmap::OneOrMany<[usize; N]>>(
                row: ParmapItems,
                table: &'t [(K, V)],
                key: K,
            ) -> ParmapItems::Output<Option<&'t V>, ::parmap::__private::Vec<Option<&'t V>>>
            where
                K: Hash,
                V: Sync,
            {
                ::parmap::__private::drive::<
                    [usize; N],
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
                    row,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "look_up",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |
                        _,
                        _,
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        row: [usize; N],
                    | -> Option<&'t V> {
                        table.get(row[0]).filter(|(k, _)| *k == key).map(|(_, v)| v)
                    },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn a_pattern_as_the_item() {
    check(
        "",
        "fn area((width, height): (f64, f64)) -> f64 { width * height }",
        expect![[r#"
            fn area<ParmapItems: ::parmap::OneOrMany<(f64, f64)>>(
                parmap_items: ParmapItems,
            ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
                ::parmap::__private::drive::<
                    (f64, f64),
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
                    parmap_items,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "area",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |_, _, (width, height): (f64, f64)| -> f64 { width * height },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

#[test]
fn raw_identifiers() {
    check(
        "global = r#type",
        "fn r#match(r#fn: u8, r#type: u8) -> u8 { r#fn + r#type }",
        expect![[r#"
            fn r#match<ParmapItems: ::parmap::OneOrMany<u8>>(
                r#fn: ParmapItems,
                r#type: u8,
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
                    r#fn,
                    || ::parmap::__private::Options::new({
                        static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                            "match",
                        );
                        &PARMAP_SITE
                    }),
                    || (),
                    |_, _, #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] r#fn: u8| -> u8 {
                        r#fn + r#type
                    },
                    || ::parmap::__private::collect(),
                    ::parmap::__private::Plain,
                )
            }
        "#]],
    );
}

/// In the crate's edition; in that of the expansion it is a keyword.
#[test]
fn a_keyword_of_a_later_edition() {
    check(
        "",
        "fn gen(gen: u8) -> u8 { gen }",
        expect![[r#"
        fn gen<ParmapItems: ::parmap::OneOrMany<u8>>(
            r#gen: ParmapItems,
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
                r#gen,
                || ::parmap::__private::Options::new({
                    static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                        "gen",
                    );
                    &PARMAP_SITE
                }),
                || (),
                |_, _, #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] gen: u8| -> u8 {
                    gen
                },
                || ::parmap::__private::collect(),
                ::parmap::__private::Plain,
            )
        }
    "#]],
    );
}

#[test]
fn values_that_mention_other_parameters_and_another_path() {
    check(
        r#"
            global = options, processes = options.threads::<u8, 1>(), crate = crate::vendored::parmap,
        "#,
        "fn run(x: u8, options: &Options) -> u8 { x }",
        expect![[r#"
            fn run<ParmapItems: crate::vendored::parmap::OneOrMany<u8>>(
                x: ParmapItems,
                options: &Options,
            ) -> ParmapItems::Output<u8, crate::vendored::parmap::__private::Vec<u8>> {
                crate::vendored::parmap::__private::drive::<
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
                    || {
                        crate::vendored::parmap::__private::Options::new({
                                static PARMAP_SITE: crate::vendored::parmap::__private::Site = crate::vendored::parmap::__private::Site::new(
                                    "run",
                                );
                                &PARMAP_SITE
                            })
                            .processes(options.threads::<u8, 1>())
                    },
                    || (),
                    |_, _, #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] x: u8| -> u8 {
                        x
                    },
                    || crate::vendored::parmap::__private::collect(),
                    crate::vendored::parmap::__private::Plain,
                )
            }
        "#]],
    );
}
