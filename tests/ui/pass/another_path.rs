//! parmap under another name, through `crate = path`.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
mod vendored {
    pub use ::parmap as parallel;
}

mod user {
    use super::vendored::parallel as p;

    #[p::parmap(crate = crate::vendored::parallel, chunksize = 2)]
    pub fn double(x: u8) -> u8 {
        x * 2
    }

    #[p::parmap(crate = p)]
    pub fn triple(x: u8) -> u8 {
        x * 3
    }
}

fn main() {
    assert_eq!(user::double([1, 2]), [2, 4]);
    assert_eq!(user::triple([1, 2]), [3, 6]);
}
