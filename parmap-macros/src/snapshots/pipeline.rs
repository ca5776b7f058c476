//! What `pipeline!` makes of each shape of call.

use expect_test::expect;

use super::check_pipeline;

#[test]
fn a_source_and_an_end() {
    check_pipeline(
        r#"xs, collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn parallel_stages_run_as_one() {
    check_pipeline(
        r#"xs, par(|x| x + 1), par_filter(|x| x > &1), par_filter_map(f), par_flat_map(|x| [x, x]), sum()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x + 1,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::looks(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x > &1,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.and_par(parmap_stage);
                let parmap_f = &f;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::FilterMap,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.and_par(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| [x, x],
                    ::parmap::__private::pipeline::FlatMap,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.and_par(parmap_stage);
                let parmap_pipe = parmap_pipe.sum();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn serial_stages() {
    check_pipeline(
        r#"xs, serial(|x| x + 1), serial_filter(|x| x > &1), serial_filter_map(f), serial_flat_map(|x| [x, x]), count()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x + 1,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::serial_looks(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x > &1,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let mut parmap_f = f;
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::FilterMap,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| [x, x],
                    ::parmap::__private::pipeline::FlatMap,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let parmap_pipe = parmap_pipe.count();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn stages_with_a_width_of_their_own() {
    check_pipeline(
        r#"xs, par(f), par(g, processes = n + 1), par(h), serial(i), par(j), collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_f = &f;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_f = &g;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par_within(n + 1, parmap_stage);
                let parmap_f = &h;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let mut parmap_f = i;
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let parmap_f = &j;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn what_a_stage_is_told() {
    check_pipeline(
        r#"xs, serial(|x| x, chunksize = 3), par(|x| x, chunksize = a, processes = b), par(|x| x, processes = a, chunksize = b), collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.chunksize(3).serial(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.chunksize(a).par_within(b, parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| x,
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_processes = a;
                let parmap_pipe = parmap_pipe
                    .chunksize(b)
                    .par_within(parmap_processes, parmap_stage);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn all_that_a_closure_is_given() {
    check_pipeline(
        r#"xs, par_filter(|x, data, n, buf| f(x, data, n, buf), global = (&data, 3), local(buf = Vec::new())), collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let (parmap_global_0, parmap_global_1) = (
                    ::parmap::__private::shared(&data),
                    ::parmap::__private::shared(3),
                );
                fn parmap_typed<T, W, G0, G1, L0, F, R>(
                    _: &::parmap::__private::pipeline::Item<T, W>,
                    _: &impl ::core::ops::FnOnce() -> (L0, ::core::primitive::u8),
                    _: &G0,
                    _: &G1,
                    f: F,
                ) -> impl ::core::ops::Fn(&T, G0, G1, &mut L0) -> R
                where
                    F: ::core::ops::Fn(&T, G0, G1, &mut L0) -> R,
                {
                    f
                }
                let parmap_local = || (Vec::new(), 0_u8);
                let parmap_f = parmap_typed(
                    &::parmap::__private::pipeline::item(&parmap_pipe),
                    &parmap_local,
                    &parmap_global_0,
                    &parmap_global_1,
                    |x, data, n, buf| f(x, data, n, buf),
                );
                let parmap_stage = ::parmap::__private::pipeline::looks_with(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    parmap_local,
                    move |parmap_local: &mut _, parmap_item| parmap_f(
                        parmap_item,
                        parmap_global_0,
                        parmap_global_1,
                        &mut parmap_local.0,
                    ),
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn all_that_a_function_is_given() {
    check_pipeline(
        r#"xs, par(f, local(buf = Vec::new()), global = (&data, 3)), par(f, global = 3), collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let (parmap_global_0, parmap_global_1) = (
                    ::parmap::__private::shared(&data),
                    ::parmap::__private::shared(3),
                );
                let parmap_local = || (Vec::new(), 0_u8);
                let parmap_f = &f;
                let parmap_stage = ::parmap::__private::pipeline::takes_with(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    parmap_local,
                    move |parmap_local: &mut _, parmap_item| parmap_f(
                        parmap_item,
                        &mut parmap_local.0,
                        parmap_global_0,
                        parmap_global_1,
                    ),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let (parmap_global_0,) = (::parmap::__private::shared(3),);
                let parmap_f = &f;
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item, parmap_global_0),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.and_par(parmap_stage);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn globals_of_a_serial_stage() {
    check_pipeline(
        r#"xs, serial_filter(|x, data| f(x, data), global = &data), serial(f, global = &data), collect()"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let (parmap_global_0,) = (::parmap::__private::shared(&data),);
                fn parmap_typed<T, W, G0, F, R>(
                    _: &::parmap::__private::pipeline::Item<T, W>,
                    _: &impl ::core::ops::FnOnce() -> (),
                    _: &G0,
                    f: F,
                ) -> impl ::core::ops::FnMut(&T, G0) -> R
                where
                    F: ::core::ops::FnMut(&T, G0) -> R,
                {
                    f
                }
                let parmap_local = || ();
                let mut parmap_f = parmap_typed(
                    &::parmap::__private::pipeline::item(&parmap_pipe),
                    &parmap_local,
                    &parmap_global_0,
                    |x, data| f(x, data),
                );
                let parmap_stage = ::parmap::__private::pipeline::serial_looks(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item, parmap_global_0),
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let (parmap_global_0,) = (::parmap::__private::shared(&data),);
                let mut parmap_f = f;
                let parmap_stage = ::parmap::__private::pipeline::serial_takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    move |parmap_item| parmap_f(parmap_item, parmap_global_0),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.serial(parmap_stage);
                let parmap_pipe = parmap_pipe.collect();
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn failures() {
    check_pipeline(
        r#"xs, par(|x| f(x), try), par_filter(|x| g(x)), for_each(|x| h(x), try)"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, _, _, _>(xs);
                let parmap_stage = ::parmap::__private::pipeline::takes(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| f(x),
                    ::parmap::__private::pipeline::Map,
                    ::parmap::__private::pipeline::Tries,
                );
                let parmap_pipe = parmap_pipe.par(parmap_stage);
                let parmap_stage = ::parmap::__private::pipeline::looks(
                    ::parmap::__private::pipeline::item(&parmap_pipe),
                    |x| g(x),
                    ::parmap::__private::pipeline::Plain,
                );
                let parmap_pipe = parmap_pipe.and_par(parmap_stage);
                let parmap_pipe = parmap_pipe
                    .for_each(|x| h(x), ::parmap::__private::pipeline::Tries);
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::tries(0),
                    )
            }
        "#]],
    );
}

#[test]
fn ends_that_call_a_closure() {
    check_pipeline(
        r#"xs, fold(0, |acc, x| acc + x)"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_pipe = parmap_pipe
                    .fold(0, |acc, x| acc + x, ::parmap::__private::pipeline::Plain);
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn ends_that_call_a_function_with_an_accumulator() {
    check_pipeline(
        r#"xs, fold(0, u64::max)"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let (parmap_init, mut parmap_f) = (0, u64::max);
                let parmap_pipe = parmap_pipe
                    .fold(
                        parmap_init,
                        move |parmap_folded, parmap_item| parmap_f(parmap_folded, parmap_item),
                        ::parmap::__private::pipeline::Plain,
                    );
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn ends_that_call_a_function() {
    check_pipeline(
        r#"xs, for_each(drop)"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = ::parmap::__private::pipeline::source::<_, (), _, _>(xs);
                let (mut parmap_f,) = (drop,);
                let parmap_pipe = parmap_pipe
                    .for_each(
                        move |parmap_item| parmap_f(parmap_item),
                        ::parmap::__private::pipeline::Plain,
                    );
                parmap_pipe
                    .run_by_default(
                        ::parmap::__private::Options::new({
                            static PARMAP_SITE: ::parmap::__private::Site = ::parmap::__private::Site::new(
                                "pipeline!",
                            );
                            &PARMAP_SITE
                        }),
                        ::parmap::__private::Plain,
                    )
            }
        "#]],
    );
}

#[test]
fn all_options_of_the_pipeline() {
    check_pipeline(
        r#"xs, count(), in_flight = 8 * WIDTH, processes = n, chunksize = 25, engine = threads, crate = crate::vendored"#,
        expect![[r#"
            fn main() {
                let parmap_pipe = crate::vendored::__private::pipeline::source::<_, (), _, _>(xs);
                let parmap_pipe = parmap_pipe.count();
                parmap_pipe
                    .run::<
                        { (8 * WIDTH) },
                        _,
                    >(
                        crate::vendored::__private::Options::new({
                                static PARMAP_SITE: crate::vendored::__private::Site = crate::vendored::__private::Site::new(
                                    "pipeline!",
                                );
                                &PARMAP_SITE
                            })
                            .processes(n)
                            .chunksize(25),
                        crate::vendored::__private::Plain,
                    )
            }
        "#]],
    );
}

#[cfg(feature = "progress")]
#[test]
fn a_bar() {
    for (bar, label) in [("progress", "\"\""), ("progress = name(3)", "name (3)")] {
        let expansion = super::expand_pipeline(&format!("xs, count(), processes = 1, {bar}")).to_string();
        assert!(expansion.contains(&format!(". processes (1) . progress ({label})")), "{expansion}");
    }
}
