//! What `par_map!` makes of each shape of call.

use expect_test::expect;

use super::check_call;

#[test]
fn a_closure() {
    check_call(
        r#"|x| x * x, 0..10"#,
        expect![[r#"
            fn main() {
                match (0..10,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (),
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(T) -> R,
                        {
                            f
                        }
                        let parmap_local = || ();
                        let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
                        let parmap_f = parmap_typed(&parmap_item, &parmap_local, |x| x * x);
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                        );
                        match ::parmap::__private::settle(0) {
                            parmap_end => {
                                ::parmap::__private::drive_many::<
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
                                    _,
                                >(
                                    parmap_items,
                                    || parmap_options,
                                    parmap_local,
                                    parmap_body,
                                    || parmap_end,
                                    ::parmap::__private::Plain,
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_closure_with_a_type() {
    check_call(
        r#"|x: f64| x.sqrt(), &xs"#,
        expect![[r#"
            fn main() {
                match (&xs,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (),
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(T) -> R,
                        {
                            f
                        }
                        let parmap_local = || ();
                        let parmap_item = ::parmap::__private::any();
                        let parmap_f = parmap_typed(&parmap_item, &parmap_local, |x: f64| x.sqrt());
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                        );
                        match ::parmap::__private::settle(0) {
                            parmap_end => {
                                ::parmap::__private::drive_many::<
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
                                    _,
                                >(
                                    parmap_items,
                                    || parmap_options,
                                    parmap_local,
                                    parmap_body,
                                    || parmap_end,
                                    ::parmap::__private::Plain,
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_closure_that_returns_nothing() {
    check_call(
        r#"|x| *x += 1, &mut xs"#,
        expect![[r#"
            fn main() {
                match (&mut xs,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (),
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(T) -> R,
                        {
                            f
                        }
                        let parmap_local = || ();
                        let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
                        let parmap_f = parmap_typed(&parmap_item, &parmap_local, |x| *x += 1);
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                        );
                        match ::parmap::__private::nothing() {
                            parmap_end => {
                                ::parmap::__private::drive_many::<
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
                                    _,
                                >(
                                    parmap_items,
                                    || parmap_options,
                                    parmap_local,
                                    parmap_body,
                                    || parmap_end,
                                    ::parmap::__private::Plain,
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_function() {
    check_call(
        r#"f64::sqrt, xs"#,
        expect![[r#"
            fn main() {
                match (xs,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "f64::sqrt",
                            );
                            &PARMAP_SITE
                        });
                        let parmap_local = || ();
                        match &f64::sqrt {
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
                                let parmap_body = ::parmap::__private::body(
                                    &parmap_item,
                                    &parmap_local,
                                    |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                                );
                                match ::parmap::__private::settle(0) {
                                    parmap_end => {
                                        ::parmap::__private::drive_many::<
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
                                            _,
                                        >(
                                            parmap_items,
                                            || parmap_options,
                                            parmap_local,
                                            parmap_body,
                                            || parmap_end,
                                            ::parmap::__private::Plain,
                                        )
                                    }
                                }
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn all_that_a_function_is_given() {
    check_call(
        r#"|x, data, i, buf, n| f(x, data, i, buf, n), xs, global = &data, index = i, local(buf = Vec::new(), n = 0)"#,
        expect![[r#"
            fn main() {
                match (xs, ::parmap::__private::shared(&data)) {
                    (parmap_items, parmap_global_0) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, G0, L0, L1, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (L0, L1, ::core::primitive::u8),
                            _: &G0,
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(
                                T,
                                G0,
                                ::core::primitive::usize,
                                &mut L0,
                                &mut L1,
                            ) -> R,
                        {
                            f
                        }
                        let parmap_local = || (Vec::new(), 0, 0_u8);
                        let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
                        let parmap_f = parmap_typed(
                            &parmap_item,
                            &parmap_local,
                            &parmap_global_0,
                            |x, data, i, buf, n| f(x, data, i, buf, n),
                        );
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |parmap_local: &mut _, parmap_index, parmap_item| parmap_f(
                                parmap_item,
                                parmap_global_0,
                                parmap_index,
                                &mut parmap_local.0,
                                &mut parmap_local.1,
                            ),
                        );
                        match ::parmap::__private::settle(0) {
                            parmap_end => {
                                ::parmap::__private::drive_many::<
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
                                    _,
                                >(
                                    parmap_items,
                                    || parmap_options,
                                    parmap_local,
                                    parmap_body,
                                    || parmap_end,
                                    ::parmap::__private::Plain,
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn counts_and_a_path() {
    check_call(
        r#"f, xs, chunksize = 25, processes = 4, crate = crate::vendored"#,
        expect![[r#"
            fn main() {
                match (xs,) {
                    (parmap_items,) => {
                        let parmap_options = crate::vendored::__private::Options::new({
                                static PARMAP_SITE: crate::vendored::__private::Site = crate::vendored::__private::Site::new(
                                    "f",
                                );
                                &PARMAP_SITE
                            })
                            .chunksize(25)
                            .processes(4);
                        let parmap_local = || ();
                        match &f {
                            parmap_f => {
                                let parmap_item = {
                                    use crate::vendored::__private::{
                                        InfersItem as _, PrefersCloned as _, PrefersNatural as _,
                                    };
                                    (&&&crate::vendored::__private::candidate::<
                                        _,
                                        _,
                                        0,
                                    >(&parmap_items, parmap_f))
                                        .__parmap_item()
                                };
                                let parmap_body = crate::vendored::__private::body(
                                    &parmap_item,
                                    &parmap_local,
                                    |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                                );
                                match crate::vendored::__private::settle(0) {
                                    parmap_end => {
                                        crate::vendored::__private::drive_many::<
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
                                            _,
                                        >(
                                            parmap_items,
                                            || parmap_options,
                                            parmap_local,
                                            parmap_body,
                                            || parmap_end,
                                            crate::vendored::__private::Plain,
                                        )
                                    }
                                }
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn try_and_reduce() {
    check_call(
        r#"parse, lines, try, reduce = sum"#,
        expect![[r#"
            fn main() {
                match (lines,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "parse",
                            );
                            &PARMAP_SITE
                        });
                        let parmap_local = || ();
                        match &parse {
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
                                let parmap_body = ::parmap::__private::body(
                                    &parmap_item,
                                    &parmap_local,
                                    |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                                );
                                match ::parmap::__private::sum() {
                                    parmap_end => {
                                        ::parmap::__private::drive_many::<
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
                                            _,
                                        >(
                                            parmap_items,
                                            || parmap_options,
                                            parmap_local,
                                            parmap_body,
                                            || parmap_end,
                                            ::parmap::__private::tries(0),
                                        )
                                    }
                                }
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn a_fold() {
    check_call(
        r#"|x| x, xs, fold = (String::new(), |acc, x| acc + x)"#,
        expect![[r#"
            fn main() {
                match (xs,) {
                    (parmap_items,) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (),
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(T) -> R,
                        {
                            f
                        }
                        let parmap_local = || ();
                        let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
                        let parmap_f = parmap_typed(&parmap_item, &parmap_local, |x| x);
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                        );
                        match ::parmap::__private::fold::<
                            _,
                            _,
                            _,
                        >(
                            ::parmap::__private::plain_values(&parmap_body),
                            String::new(),
                            |acc, x| acc + x,
                        ) {
                            parmap_end => {
                                ::parmap::__private::drive_many::<
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
                                    _,
                                >(
                                    parmap_items,
                                    || parmap_options,
                                    parmap_local,
                                    parmap_body,
                                    || parmap_end,
                                    ::parmap::__private::Plain,
                                )
                            }
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn into_a_place() {
    check_call(
        r#"|x| x, xs, try, into = &mut out"#,
        expect![[r#"
            fn main() {
                match (xs, &mut *&mut out) {
                    (parmap_items, parmap_out) => {
                        let parmap_options = ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "par_map!",
                            );
                            &PARMAP_SITE
                        });
                        fn parmap_typed<T, F, R>(
                            _: &::parmap::__private::Hint<T>,
                            _: &impl ::core::ops::FnOnce() -> (),
                            f: F,
                        ) -> F
                        where
                            F: ::core::ops::Fn(T) -> R,
                        {
                            f
                        }
                        let parmap_local = || ();
                        let (parmap_items, parmap_item) = ::parmap::__private::natural(parmap_items);
                        let parmap_f = parmap_typed(&parmap_item, &parmap_local, |x| x);
                        let parmap_body = ::parmap::__private::body(
                            &parmap_item,
                            &parmap_local,
                            |_: &mut _, _, parmap_item| parmap_f(parmap_item),
                        );
                        ::parmap::__private::drive_into::<
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
                            || parmap_options,
                            parmap_local,
                            parmap_body,
                            parmap_out,
                            ::parmap::__private::tries(0),
                        )
                    }
                }
            }
        "#]],
    );
}
