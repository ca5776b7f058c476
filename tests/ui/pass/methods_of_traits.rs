//! Provided methods, and how a method that a trait fixes runs in parallel.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]
use parmap::parmap;

trait Shape: Sync {
    fn corners(&self) -> usize;

    #[parmap]
    fn scaled(&self, factor: usize) -> usize {
        self.corners() * factor
    }
}

trait Labelled {
    fn label(&self) -> String;

    #[parmap]
    fn line(&self, i: usize) -> String
    where
        Self: Sync,
    {
        format!("{}{i}", self.label())
    }

    fn lines(&self) -> Vec<String>;
}

struct Square;

impl Shape for Square {
    fn corners(&self) -> usize {
        4
    }
}

impl Labelled for Square {
    fn label(&self) -> String {
        "s".into()
    }

    fn lines(&self) -> Vec<String> {
        #[parmap]
        fn numbered(i: usize) -> String {
            i.to_string()
        }
        numbered(0..2)
    }
}

fn main() {
    assert_eq!(Square.scaled([1, 2]), [4, 8]);
    assert_eq!(Square.line(0..2), ["s0", "s1"]);
    assert_eq!(Square.lines(), ["0", "1"]);
}
