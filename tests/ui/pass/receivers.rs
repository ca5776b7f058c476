//! Every form of a shared receiver.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
#![allow(clippy::needless_arbitrary_self_type)]
use parmap::parmap;
use std::sync::Arc;

struct Names(Vec<String>);

impl Names {
    #[parmap]
    fn short(&self, i: usize) -> &str {
        &self.0[i]
    }

    #[parmap]
    fn long(self: &Self, like: &str) -> &str {
        self.0.iter().find(|name| *name == like).map_or("", |name| name)
    }

    #[parmap]
    fn shared(self: &Arc<Self>, i: usize) -> (Arc<Self>, usize) {
        (Arc::clone(self), i)
    }

    #[parmap]
    fn borrowed(self: &Arc<Self>, like: &str) -> &str {
        self.long(like)
    }
}

fn main() {
    let names = Arc::new(Names(vec!["a".into(), "b".into()]));
    assert_eq!(names.short(0..2), ["a", "b"]);
    let found = names.long(&["b", "c"].map(String::from));
    assert_eq!(found, ["b", ""]);
    assert_eq!(names.borrowed(["a"]), ["a"]);
    assert_eq!(names.shared([1])[0].0.0, names.0);
}
