//! Tables of functions, each against the plain loop: annotated, as a method, and by `par_map!`, over each way in which
//! items are handed out, at every width and in every order.

use std::hint::black_box;

/// What functions with a global share.
pub(crate) const BY: u64 = 3;

/// A number that tells one item from another. For some items it takes so long that helpers are worth asking.
pub(crate) fn mix(x: u64) -> u64 {
    let rounds = if x % 256 == 77 { 6_000 } else { 3 };
    (0..rounds).fold(x, |x, i| black_box(x.rotate_left(9).wrapping_mul(31) ^ i))
}

/// For each entry a module with a test: the annotated function, the same as a method, and `par_map!` with the plain
/// function give what the `looped` iterator gives. The items are the numbers from 0 on.
macro_rules! as_the_loop {
    ($($name:ident {
        #[parmap $options:tt]
        fn($item:ident: u64 $(, $extra:ident: $type:ty)*) -> $result:ty $body:block
        many: ($($global:expr),*)
        par_map: ($($same:tt)*)
        looped: |$index:ident| ($($given:expr),*) $($end:tt)*
    })*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            /// As the loop calls it.
            fn plain($item: u64 $(, $extra: $type)*) -> $result $body

            #[parmap::parmap $options]
            #[allow(unused_braces)]
            fn function($item: u64 $(, $extra: $type)*) -> $result $body

            struct Methods(u64);

            impl Methods {
                #[parmap::parmap $options]
                #[allow(unused_braces)]
                fn method(&self, $item: u64 $(, $extra: $type)*) -> $result {
                    assert_eq!(self.0, 17);
                    $body
                }
            }

            #[test]
            fn gives_what_the_loop_gives() {
                let methods = Methods(17);
                for n in crate::widths::GROUPED {
                    let items: Vec<u64> = (0..n as u64).collect();
                    #[allow(unused_variables)]
                    let expected = items.iter().enumerate().map(|($index, &x)| plain(x $(, $given)*)) $($end)*;
                    crate::widths::every_order(|| {
                        assert_eq!(function(items.clone() $(, $global)*), expected);
                        let filtered = items.iter().copied().filter(|_| true);
                        assert_eq!(methods.method(parmap::each(filtered) $(, $global)*), expected);
                        let parallel = rayon::iter::IntoParallelIterator::into_par_iter(items.clone());
                        assert_eq!(parmap::par_map!(plain, parmap::indexed(parallel), $($same)*), expected);
                    });
                }
            }
        }
    )*};
}
pub(crate) use as_the_loop;
