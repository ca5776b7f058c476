//! The sum of a tree by recursion: regions within regions, ten deep, each of two items at most.
//!
//! parmap's form is the recursive function with an annotation, which maps over a node's children; the peers' is a
//! `join` of the two. Where nodes are cheap, "cut" forms go on with the plain function below a level, as one would write
//! it for a `join` that costs more than a node.

use std::hint::black_box;

use chili::Scope;
use parmap::parmap;

use super::judged;
use crate::{
    contest::{Contest, Outcome},
    report::Findings,
    rows::Ask,
    spin::spin,
};

/// 1,023 nodes.
const LEVELS: u32 = 10;

struct Node {
    value: u64,
    /// Levels from here down.
    levels: u32,
    children: Vec<Node>,
}

/// A full binary tree of so many levels.
fn tree(levels: u32, seed: u64) -> Node {
    let children =
        if levels > 1 { vec![tree(levels - 1, 2 * seed), tree(levels - 1, 2 * seed + 1)] } else { Vec::new() };
    Node { value: seed, levels, children }
}

/// Next to no work on a node.
fn value(node: &Node) -> u64 {
    node.value
}

/// About 1 us of work on a node.
fn worked(node: &Node) -> u64 {
    spin(node.value, 625) >> 16
}

/// A subtree of so many levels, 31 nodes, is left to the plain function by the forms that cut.
const WHOLE: u32 = 5;

/// The sums of a tree whose nodes cost what `$work` does, each with a function, and so a call site, of its own.
macro_rules! sums {
    ($name:ident, $work:path) => {
        mod $name {
            use super::*;

            pub(super) fn plain(node: &Node) -> u64 {
                $work(node) + node.children.iter().map(plain).sum::<u64>()
            }

            #[parmap(reduce = sum)]
            pub(super) fn reduced(node: &Node) -> u64 {
                $work(node) + reduced(&node.children)
            }

            #[parmap]
            pub(super) fn collected(node: &Node) -> u64 {
                $work(node) + collected(&node.children).into_iter().sum::<u64>()
            }

            #[parmap(reduce = sum)]
            pub(super) fn cut(node: &Node) -> u64 {
                if node.levels <= WHOLE { plain(node) } else { $work(node) + cut(&node.children) }
            }

            pub(super) fn rayon(node: &Node) -> u64 {
                match &node.children[..] {
                    [left, right] => {
                        let (left, right) = rayon::join(|| rayon(left), || rayon(right));
                        $work(node) + left + right
                    }
                    _ => plain(node),
                }
            }

            pub(super) fn rayon_cut(node: &Node) -> u64 {
                match &node.children[..] {
                    [left, right] if node.levels > WHOLE => {
                        let (left, right) = rayon::join(|| rayon_cut(left), || rayon_cut(right));
                        $work(node) + left + right
                    }
                    _ => plain(node),
                }
            }

            pub(super) fn chili(node: &Node, scope: &mut Scope<'_>) -> u64 {
                match &node.children[..] {
                    [left, right] => {
                        let (left, right) = scope.join(|scope| chili(left, scope), |scope| chili(right, scope));
                        $work(node) + left + right
                    }
                    _ => plain(node),
                }
            }

            pub(super) fn outcome(job: &str, tree: &Node, ask: Ask) -> Outcome {
                let tree = || black_box(tree);
                let contest = Contest::new(job, || plain(tree()))
                    .enter("parmap", || reduced(tree()))
                    .enter("parmap, collected", || collected(tree()))
                    .enter("parmap, cut", || cut(tree()))
                    .enter("rayon", || rayon(tree()))
                    .enter("rayon, cut", || rayon_cut(tree()))
                    .enter("chili", || chili(tree(), &mut Scope::global()));
                contest.run(ask.time, |a, b| a == b)
            }
        }
    };
}

sums!(cheap, super::value);
sums!(dear, super::worked);

/// Measures nodes of two costs.
pub(crate) fn run(ask: Ask) -> Findings {
    let tree = tree(LEVELS, 1);
    judged([cheap::outcome("1,023 nodes of 1 ns", &tree, ask), dear::outcome("1,023 nodes of 1 us", &tree, ask)])
}
