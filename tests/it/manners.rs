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

#[test]
fn a_macro_may_write_annotated_functions() {
    assert_eq!(less(0..3, 1), [-1, 0, 1]);
}
