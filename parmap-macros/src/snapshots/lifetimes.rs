//! Which elided lifetimes are named, and how.

use expect_test::expect;

use super::{check, check_method};

#[test]
fn each_elided_lifetime_of_the_item_is_its_own() {
    check(
        "",
        "fn f(x: (&str, &mut Row<'_>, &'static u8)) {}",
        expect![[r#"
            fn f<'parmap_item_1, 'parmap_item_2, 'parmap_item_3, ParmapItems, ParmapOutput>(
                x: ParmapItems,
            ) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<
                    (&'parmap_item_1 str, &'parmap_item_2 mut Row<'parmap_item_3>, &'static u8),
                    Output<()> = ParmapOutput,
                >,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    (&'parmap_item_1 str, &'parmap_item_2 mut Row<'parmap_item_3>, &'static u8),
                >>::__parmap_drive::<
                    (),
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
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: (
                            &'parmap_item_1 str,
                            &'parmap_item_2 mut Row<'parmap_item_3>,
                            &'static u8,
                        ),
                    | -> () {},
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
            fn first<'parmap_item_1, ParmapItems, ParmapOutput>(line: ParmapItems) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<
                    &'parmap_item_1 str,
                    Output<Option<&'parmap_item_1 str>> = ParmapOutput,
                >,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    &'parmap_item_1 str,
                >>::__parmap_drive::<
                    Option<&'parmap_item_1 str>,
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
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        line: &'parmap_item_1 str,
                    | -> Option<&'parmap_item_1 str> { line.split(' ').next() },
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
            fn row<'parmap_global, ParmapItems, ParmapOutput>(
                i: ParmapItems,
                data: &'parmap_global [f64],
            ) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<usize, Output<&'parmap_global f64> = ParmapOutput>,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    usize,
                >>::__parmap_drive::<
                    &'parmap_global f64,
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
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        i: usize,
                    | -> &'parmap_global f64 { &data[i] },
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
                fn cell<'parmap_item_1, 'parmap_self, ParmapItems, ParmapOutput>(
                    &'parmap_self self,
                    a: ParmapItems,
                    b: &str,
                ) -> ParmapOutput
                where
                    ParmapItems: ::parmap::OneOrMany<
                        &'parmap_item_1 str,
                        Output<Cow<'parmap_self, str>> = ParmapOutput,
                    >,
                {
                    <ParmapItems as ::parmap::OneOrMany<
                        &'parmap_item_1 str,
                    >>::__parmap_drive::<
                        Cow<'parmap_self, str>,
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
                        |
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            a: &'parmap_item_1 str,
                        | -> Cow<'parmap_self, str> { self.cell(a, b) },
                    )
                }
            }
        "#]],
    );
}

#[test]
fn the_result_takes_a_written_lifetime() {
    check(
        "global = b",
        "fn f<'a>(a: &'a u8, b: &'a u8) -> &u8 { a.max(b) }",
        expect![[r#"
            fn f<'a, ParmapItems, ParmapOutput>(a: ParmapItems, b: &'a u8) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<&'a u8, Output<&'a u8> = ParmapOutput>,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    &'a u8,
                >>::__parmap_drive::<
                    &'a u8,
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
                    |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] a: &'a u8| -> &'a u8 {
                        a.max(b)
                    },
                )
            }
        "#]],
    );
}

#[test]
fn a_result_without_a_clear_source_is_left_to_the_compiler() {
    check(
        "global = b",
        "fn f(a: &u8, b: &u8) -> &u8 { a }",
        expect![[r#"
            fn f<'parmap_item_1, ParmapItems, ParmapOutput>(a: ParmapItems, b: &u8) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 u8, Output<&u8> = ParmapOutput>,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    &'parmap_item_1 u8,
                >>::__parmap_drive::<
                    &u8,
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
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        a: &'parmap_item_1 u8,
                    | -> &u8 { a },
                )
            }
        "#]],
    );
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
            fn apply<'parmap_item_1, 'parmap_item_2, ParmapItems, ParmapOutput>(
                x: ParmapItems,
                f: fn(&u8) -> u8,
                g: impl Fn(&u8) -> &u8 + Sync,
            ) -> ParmapOutput
            where
                ParmapItems: ::parmap::OneOrMany<
                    (
                        fn(&u8) -> &u8,
                        &'parmap_item_1 dyn Fn(&u8),
                        Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                    ),
                    Output<[u8; size::<&u8>()]> = ParmapOutput,
                >,
            {
                <ParmapItems as ::parmap::OneOrMany<
                    (
                        fn(&u8) -> &u8,
                        &'parmap_item_1 dyn Fn(&u8),
                        Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                    ),
                >>::__parmap_drive::<
                    [u8; size::<&u8>()],
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
                    |
                        #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                        x: (
                            fn(&u8) -> &u8,
                            &'parmap_item_1 dyn Fn(&u8),
                            Box<dyn for<'a> Visit<'a> + 'parmap_item_2>,
                        ),
                    | -> [u8; size::<&u8>()] { body() },
                )
            }
        "#]],
    );
}
