//! Functions called as the crate or the macros are, and letters that are not ASCII.

/// Called as the crate.
#[::parmap::parmap(global = par_map)]
pub fn parmap(parmap: u64, par_map: u64) -> u64 {
    parmap + par_map
}

/// Called as a macro.
#[::parmap::parmap(local(pipeline = 0), index = parmap)]
pub fn par_map(par_map: usize, parmap: usize, pipeline: &mut usize) -> usize {
    *pipeline = par_map + parmap;
    *pipeline
}

/// A module called as the crate, beside the function.
pub mod parmap {}

/// A module called as the engine's crate.
pub mod parmap_core {
    /// Called as that too.
    #[::parmap::parmap]
    pub fn parmap_core(__private: u64) -> u64 {
        __private
    }
}

/// Every parameter has a name that an expansion uses, and so have those of its types.
#[::parmap::parmap(global = (parmap_options, parmap_global_0, f), index = parmap_index, local(parmap_local = parmap_options))]
pub fn taken<'parmap_item, T, R, F>(
    parmap_items: &'parmap_item T,
    parmap_options: u64,
    parmap_index: usize,
    parmap_global_0: R,
    f: F,
    parmap_local: &mut u64,
) -> (&'parmap_item T, u64)
where
    T: Sync,
    R: Into<u64> + Copy + Sync,
    F: Fn(u64) -> u64 + Sync,
{
    *parmap_local = parmap_index as u64;
    (parmap_items, f(parmap_global_0.into() + parmap_options) + *parmap_local)
}

/// Letters of other alphabets.
#[::parmap::parmap(global = größe, index = место, local(状態 = 0))]
pub fn длина(λ: &str, größe: usize, место: usize, 状態: &mut usize) -> usize {
    *状態 = λ.chars().count();
    *状態 * größe + место
}

/// A type of another alphabet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ωμέγα<'É>(pub &'É str);

impl<'É> Ωμέγα<'É> {
    /// Its letters.
    #[::parmap::parmap]
    pub fn γράμμα(self: &Ωμέγα<'É>, номер: usize) -> Option<char> {
        self.0.chars().nth(номер)
    }
}

#[test]
fn what_is_called_as_the_crate_is_not_in_its_way() {
    assert_eq!((parmap(1, 2), parmap([1, 2], 3)), (3, vec![4, 5]));
    assert_eq!(par_map([1, 2]), [1, 3]);
    assert_eq!(parmap_core::parmap_core([1]), [1]);
    assert_eq!(::parmap::par_map!(par_map, [1, 2]), [1, 2]);
    assert_eq!(::parmap::pipeline!([1, 2], par(|x| parmap(x, 1)), sum()), 5);
    assert_eq!(::parmap::pipeline!([1, 2], par(par_map), count()), 2);
}

#[test]
fn what_is_called_as_parts_of_an_expansion_is_not_in_its_way() {
    assert_eq!(taken([&7, &8], 1, 2_u8, |x| x * 10), [(&7, 30), (&8, 31)]);
    let (parmap_f, parmap_body, parmap_end, parmap_out, f) = (1, 2, 3, [4], 5);
    let sum = ::parmap::par_map!(
        |x, parmap_item, parmap_index, parmap_local| {
            *parmap_local = parmap_f + parmap_body + parmap_end + parmap_out[0] + f;
            x + parmap_item + parmap_index + *parmap_local
        },
        [1, 2],
        global = parmap_end,
        index = parmap_index,
        local(parmap_local = 0),
        reduce = (0, |parmap_a, parmap_b| parmap_a + parmap_b),
    );
    assert_eq!(sum, 40);
}

#[test]
fn letters_may_be_any() {
    assert_eq!(длина(["été", "ß"], 2), [6, 3]);
    assert_eq!(Ωμέγα("αβ").γράμμα(0..3), [Some('α'), Some('β'), None]);
    assert_eq!(::parmap::par_map!(|ж, й| ж * й, [1, 2], index = й), [0, 2]);
}
