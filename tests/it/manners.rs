//! Expansions in hostile company: no prelude, shadowed names, denied lints, another name for the crate.

/// Where `parmap` might be re-exported from.
pub mod elsewhere {
    pub use ::parmap as engine;
}

pub mod shadowed {
    //! Every name that an expansion might reach for means something else here.
    #![no_implicit_prelude]
    #![deny(warnings, missing_docs, clippy::pedantic)]

    use ::parmap::parmap;

    macro_rules! shadow {
        ($($name:ident)*) => {$(
            /// Not what it seems.
            #[allow(dead_code)]
            pub struct $name;
        )*};
    }
    shadow!(Vec Option Result Some None Ok Err Box String Fn FnOnce Send Sync Sized Clone Copy Iterator OneOrMany Options Site);

    /// Not the standard library.
    pub mod std {}
    /// Not the core library.
    pub mod core {}
    /// Not the allocation library.
    pub mod alloc {}
    /// Not the crate.
    pub mod parmap_core {}

    /// Doubles.
    #[parmap(global = by, chunksize = 3, processes = 2)]
    #[must_use]
    pub fn times(x: u64, by: &u64) -> u64 {
        x * by
    }

    /// Of one expression, beside a state.
    #[parmap(global = by, index = place, local(calls = 0, digits = ::std::string::String::new()), reduce = sum)]
    #[must_use]
    pub fn measured(x: u64, by: u64, place: usize, calls: &mut u64, digits: &mut ::std::string::String) -> u64 {
        x * by + place as u64 + *calls + digits.len() as u64
    }

    /// Of one expression, and fallible.
    ///
    /// # Errors
    ///
    /// For 3 and what is above it.
    #[parmap(try, fold = (0, |sum, x| sum + x))]
    pub fn tried(x: u64) -> ::std::result::Result<u64, u64> {
        if x < 3 { ::std::result::Result::Ok(x) } else { ::std::result::Result::Err(x) }
    }

    /// In place, returning nothing.
    #[parmap(global = by)]
    pub fn scale(x: &mut u64, by: u64) {
        *x *= by;
    }

    /// A type with a method.
    pub struct Scale(
        /// What to multiply by.
        pub u64,
    );

    impl Scale {
        /// Multiplies.
        #[parmap]
        #[must_use]
        pub fn scaled(&self, x: u64) -> u64 {
            x * self.0
        }
    }

    #[test]
    fn an_expansion_uses_no_name_it_does_not_spell_out() {
        ::std::assert_eq!(times([1, 2, 3], &2), [2, 4, 6]);
        ::std::assert_eq!(Scale(3).scaled(0..3), [0, 3, 6]);
        ::std::assert_eq!(measured(0..3, 2), 9);
        ::std::assert_eq!((tried(0..3), tried(0..5)), (::std::result::Result::Ok(3), ::std::result::Result::Err(3)));
        let mut numbers = [1, 2];
        scale(&mut numbers, 5);
        ::std::assert_eq!(numbers, [5, 10]);
    }

    #[test]
    fn a_call_of_the_macro_uses_no_name_it_does_not_spell_out() {
        use ::parmap::par_map;
        let (by, mut out) = (3, [0; 3]);
        ::std::assert_eq!(par_map!(|x: u64| x * by, 0..3), [0, 3, 6]);
        let sums = par_map!(|x, by, i, calls| x + by + i + *calls, 0..3, global = 3, index = i, local(calls = 0));
        ::std::assert_eq!(sums, [3, 5, 7]);
        ::std::assert_eq!(par_map!(|x| x * by, 0..3, reduce = (1, |a, b| a + b)), 10);
        ::std::assert_eq!(par_map!(times, 1..3, global = &by, fold = (1, |a, b| a * b)), 18);
        let least = par_map!(tried_one, 0..3, try, reduce = min);
        ::std::assert_eq!(least, ::std::result::Result::Ok(::std::option::Option::Some(0)));
        par_map!(|x| x * by, 0..3, into = &mut out);
        par_map!(|x| *x += 1, &mut out, processes = 2, chunksize = 1);
        ::std::assert_eq!(out, [1, 4, 7]);
    }

    fn tried_one(x: u64) -> ::std::result::Result<u64, u64> {
        tried(x)
    }
}

pub mod renamed {
    //! A crate that goes by another name.

    use super::elsewhere::engine;

    /// Half of it.
    #[engine::parmap(crate = super::elsewhere::engine)]
    pub fn half(x: u64) -> u64 {
        x / 2
    }

    #[test]
    fn the_crate_may_be_anywhere() {
        assert_eq!(half(vec![2, 4]), [1, 2]);
        assert_eq!(engine::par_map!(half, [2, 4], crate = super::elsewhere::engine, reduce = sum), 3);
    }
}

/// Functions that a macro writes, with tokens of its own and tokens of the user's.
macro_rules! annotated {
    ($name:ident, $type:ty, $body:expr) => {
        #[parmap::parmap(global = y)]
        fn $name(x: $type, y: $type) -> $type {
            let body: fn($type, $type) -> $type = $body;
            body(x, y)
        }
    };
}
annotated!(less, i32, |x, y| x - y);

/// Calls that a macro writes, with names of its own beside those of the user.
macro_rules! summed {
    ($items:expr, $each:ident, $body:expr) => {{
        let parmap_items = 10;
        parmap::par_map!(|$each: i32, by| ($body) * by, $items, global = parmap_items, reduce = sum)
    }};
}

#[test]
fn a_macro_may_write_annotated_functions_and_calls() {
    assert_eq!(less(0..3, 1), [-1, 0, 1]);
    let parmap_items = 1;
    assert_eq!(summed!(0..3, x, x + parmap_items), 60);
}
