//! A crate that gives parmap on to its users: as a module, and within macros of its own.

/// Where parmap lives.
pub mod deep {
    pub use ::parmap as engine;
}

/// A function that gives a value for one key, or values for many.
#[macro_export]
macro_rules! lookup {
    ($(#[$attribute:meta])* $visibility:vis $name:ident, $key:ty => $value:ty, |$found:ident| $body:block) => {
        $(#[$attribute])*
        #[$crate::deep::engine::parmap(crate = $crate::deep::engine)]
        $visibility fn $name($found: $key) -> $value $body
    };
}

/// Methods that scale what `$field` holds.
#[macro_export]
macro_rules! scaling {
    ($($name:ident: $type:ty, $field:tt, $by:expr, $size:expr;)*) => {$(
        /// Scales.
        #[$crate::deep::engine::parmap(global = more, index = place, local(calls = 0), chunksize = $size, reduce = sum,
            crate = $crate::deep::engine)]
        pub fn $name(&self, x: $type, more: $type, place: usize, calls: &mut usize) -> $type {
            *calls += place;
            x * self.$field * $by + more
        }
    )*};
}

/// `par_map!`, without a word about where parmap lives.
#[macro_export]
macro_rules! mapped {
    ($f:expr, $items:expr $(, $option:tt = $value:expr)*) => {
        $crate::deep::engine::par_map!($f, $items, $($option = $value,)* crate = $crate::deep::engine)
    };
}

/// A pipeline of one stage that is the user's.
#[macro_export]
macro_rules! streamed {
    ($items:expr, $f:expr) => {{
        let by = 2;
        $crate::deep::engine::pipeline!($items, par($f), par(|x| x * by), collect(), crate = $crate::deep::engine)
    }};
}
