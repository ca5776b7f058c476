//! Calls within calls finish, at any depth, and from inside any pool.

use parmap::parmap;
use rayon::ThreadPoolBuilder;

use crate::widths::PROCESSES;

#[parmap(global = processes, processes = processes)]
fn level3(x: u64, processes: usize) -> u64 {
    let _ = processes;
    (0..200).fold(x, |x, i| x.wrapping_mul(31) ^ i)
}

#[parmap(global = processes, processes = processes)]
fn level2(x: u64, processes: usize) -> u64 {
    level3(0..20 + x % 7, processes).into_iter().fold(x, |sum, y| sum.wrapping_add(y))
}

#[parmap(global = processes, processes = processes)]
fn level1(x: u64, processes: usize) -> u64 {
    level2(vec![x; 20], processes).into_iter().fold(x, |sum, y| sum.rotate_left(1) ^ y)
}

fn expected() -> Vec<u64> {
    (0..20).map(|x| level1(x, 1)).collect()
}

#[test]
fn three_deep() {
    let expected = expected();
    for processes in PROCESSES {
        assert_eq!(level1(0..20, processes), expected);
    }
    assert_eq!(level1(0..20, 0), expected);
}

#[test]
fn from_inside_a_pool_of_one_and_of_two() {
    let expected = expected();
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for processes in [0, 1, 2, 3, 7, 64] {
            assert_eq!(pool.install(|| level1(0..20, processes)), expected);
            pool.scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|_| assert_eq!(level1(0..20, processes), expected));
                }
            });
        }
    }
}

#[test]
fn by_recursion() {
    struct Node {
        value: u64,
        children: Vec<Node>,
    }

    fn tree(depth: u64) -> Node {
        let children = if depth == 0 { Vec::new() } else { vec![tree(depth - 1), tree(depth - 1)] };
        Node { value: depth, children }
    }

    #[parmap(processes = 3)]
    fn sum(node: &Node) -> u64 {
        node.value + sum(&node.children).into_iter().sum::<u64>()
    }
    // A node of depth d and both its children: s(d) = d + 2 s(d - 1), so 2^(d + 1) - d - 2.
    assert_eq!(sum(&tree(9)), 1_024 - 11);
}

#[test]
fn from_many_threads_at_once() {
    let expected = expected();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for processes in [0, 2, 3] {
                    assert_eq!(level1(0..20, processes), expected);
                }
            });
        }
    });
}
