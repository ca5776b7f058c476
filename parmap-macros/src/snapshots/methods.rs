//! Methods and associated functions without mistakes.

use expect_test::expect;

use super::check_method;

#[test]
fn a_method() {
    check_method(
        "processes = self.threads",
        "pub fn row_sum(&self, row: usize) -> f64 { self.rows[row].iter().sum() }",
        expect![[r#"
            impl Table {
                pub fn row_sum<ParmapItems, ParmapOutput>(&self, row: ParmapItems) -> ParmapOutput
                where
                    ParmapItems: ::parmap::OneOrMany<usize, Output<f64> = ParmapOutput>,
                {
                    <ParmapItems as ::parmap::OneOrMany<
                        usize,
                    >>::__parmap_drive::<
                        f64,
                        _,
                        _,
                    >(
                        row,
                        || {
                            ::parmap::__private::Options::new({
                                    static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                        "row_sum",
                                    );
                                    &PARMAP_SITE
                                })
                                .processes(self.threads)
                        },
                        |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] row: usize| -> f64 {
                            self.rows[row].iter().sum()
                        },
                    )
                }
            }
        "#]],
    );
}

#[test]
fn a_method_with_a_global() {
    check_method(
        "global = scale",
        "fn scaled(&self, row: usize, scale: &f64) -> f64 { self.0[row] * scale }",
        expect![[r#"
            impl Table {
                fn scaled<ParmapItems, ParmapOutput>(
                    &self,
                    row: ParmapItems,
                    scale: &f64,
                ) -> ParmapOutput
                where
                    ParmapItems: ::parmap::OneOrMany<usize, Output<f64> = ParmapOutput>,
                {
                    <ParmapItems as ::parmap::OneOrMany<
                        usize,
                    >>::__parmap_drive::<
                        f64,
                        _,
                        _,
                    >(
                        row,
                        || ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "scaled",
                            );
                            &PARMAP_SITE
                        }),
                        |#[allow(clippy::shadow_reuse, clippy::shadow_unrelated)] row: usize| -> f64 {
                            self.0[row] * scale
                        },
                    )
                }
            }
        "#]],
    );
}

#[test]
fn the_long_form_of_the_receiver() {
    check_method(
        "",
        "fn name(self: &Self, row: usize) -> &str { &self.0[row] }",
        expect![[r#"
            impl Table {
                fn name<'parmap_self, ParmapItems, ParmapOutput>(
                    self: &'parmap_self Self,
                    row: ParmapItems,
                ) -> ParmapOutput
                where
                    ParmapItems: ::parmap::OneOrMany<
                        usize,
                        Output<&'parmap_self str> = ParmapOutput,
                    >,
                {
                    <ParmapItems as ::parmap::OneOrMany<
                        usize,
                    >>::__parmap_drive::<
                        &'parmap_self str,
                        _,
                        _,
                    >(
                        row,
                        || ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "name",
                            );
                            &PARMAP_SITE
                        }),
                        |
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            row: usize,
                        | -> &'parmap_self str { &self.0[row] },
                    )
                }
            }
        "#]],
    );
}

#[test]
fn an_associated_function() {
    check_method(
        "",
        "fn parse(line: &str) -> Result<Self, Error> { Ok(Self(line.parse()?)) }",
        expect![[r#"
            impl Table {
                fn parse<'parmap_item_1, ParmapItems, ParmapOutput>(
                    line: ParmapItems,
                ) -> ParmapOutput
                where
                    ParmapItems: ::parmap::OneOrMany<
                        &'parmap_item_1 str,
                        Output<Result<Self, Error>> = ParmapOutput,
                    >,
                {
                    <ParmapItems as ::parmap::OneOrMany<
                        &'parmap_item_1 str,
                    >>::__parmap_drive::<
                        Result<Self, Error>,
                        _,
                        _,
                    >(
                        line,
                        || ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "parse",
                            );
                            &PARMAP_SITE
                        }),
                        |
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            line: &'parmap_item_1 str,
                        | -> Result<Self, Error> { Ok(Self(line.parse()?)) },
                    )
                }
            }
        "#]],
    );
}
