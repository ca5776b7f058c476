//! Bodies of one line, and states without size, behind what the engine gives them: nothing to warn of.
#![deny(warnings, missing_docs, clippy::all)]
use parmap::{par_map, parmap};

#[parmap(index = i)]
fn indexed(x: u8, i: usize) -> usize { usize::from(x) + i }

#[parmap(local(buf = Vec::new()), index = i)]
fn kept(x: u8, buf: &mut Vec<u8>, i: usize) -> bool { buf.push(x); buf.len() + i > 0 }

#[derive(Clone, Copy)]
struct Sizeless;

#[parmap(local(state = Sizeless))]
fn with_sizeless(x: u8, state: &mut Sizeless) -> (u8, Sizeless) { (x, *state) }

fn main() {
    assert_eq!(indexed([1, 1]), [1, 2]);
    assert_eq!(kept([1, 1]), [true; 2]);
    assert_eq!(with_sizeless([1])[0].0, 1);
    assert_eq!(par_map!(|x, (): &mut ()| x + 1, [1, 2], local(state = ())), [2, 3]);
}
