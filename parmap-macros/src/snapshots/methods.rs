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
                pub fn row_sum<ParmapItems: ::parmap::OneOrMany<usize>>(
                    &self,
                    row: ParmapItems,
                ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
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
                        || (),
                        |
                            _,
                            _,
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            row: usize,
                        | -> f64 { self.rows[row].iter().sum() },
                        || ::parmap::__private::collect(),
                        ::parmap::__private::Plain,
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
                fn scaled<ParmapItems: ::parmap::OneOrMany<usize>>(
                    &self,
                    row: ParmapItems,
                    scale: &f64,
                ) -> ParmapItems::Output<f64, ::parmap::__private::Vec<f64>> {
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
                        row,
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
                            row: usize,
                        | -> f64 { self.0[row] * scale },
                        || ::parmap::__private::collect(),
                        ::parmap::__private::Plain,
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
                fn name<ParmapItems: ::parmap::OneOrMany<usize>>(
                    self: &Self,
                    row: ParmapItems,
                ) -> ParmapItems::Output<&str, ::parmap::__private::Vec<&str>> {
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
                        row,
                        || ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "name",
                            );
                            &PARMAP_SITE
                        }),
                        || (),
                        |
                            _,
                            _,
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            row: usize,
                        | -> &str { &self.0[row] },
                        || ::parmap::__private::collect(),
                        ::parmap::__private::Plain,
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
                fn parse<'parmap_item_1, ParmapItems: ::parmap::OneOrMany<&'parmap_item_1 str>>(
                    line: ParmapItems,
                ) -> ParmapItems::Output<
                    Result<Self, Error>,
                    ::parmap::__private::Vec<Result<Self, Error>>,
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
                                "parse",
                            );
                            &PARMAP_SITE
                        }),
                        || (),
                        |
                            _,
                            _,
                            #[allow(clippy::shadow_reuse, clippy::shadow_unrelated)]
                            line: &'parmap_item_1 str,
                        | -> Result<Self, Error> { Ok(Self(line.parse()?)) },
                        || ::parmap::__private::collect(),
                        ::parmap::__private::Plain,
                    )
                }
            }
        "#]],
    );
}
