//! Row 4b: a few heavy items, on a call site's first call, and after many tiny calls there.
//!
//! What a site remembers cannot be taken from it, so each round has sites of its own, and there are as many rounds as there
//! are sites.

use std::{hint::black_box, num::NonZero, thread};

use parmap::parmap;

use crate::{
    capacity::Capacity,
    contest::{Outcome, PAUSE, timed},
    peers::Peer,
    report::{Findings, Target, Verdict},
    rows::Ask,
    spin::spin,
};

/// Items of each call.
const ITEMS: usize = 4;
/// Steps of a heavy item, about 50 ms, and of a tiny one, about 20 ns.
const HEAVY: u32 = 25_000_000;
const TINY: u32 = 24;
/// Tiny calls before the heavy one.
const TINY_CALLS: u32 = 1_000;
/// The least part of the ideal speed-up that a call should have.
const LEAST: f64 = 0.97;

/// A call of so many steps an item.
type Call = fn(u32) -> Vec<u64>;

/// What does its call at a site of its own, for each name.
macro_rules! sites {
    ($($site:ident)*) => {
        [$(|steps| {
            #[parmap(global = steps)]
            fn $site(i: usize, steps: u32) -> u64 {
                spin(i as u64, steps)
            }
            $site(0..black_box(ITEMS), black_box(steps))
        }),*]
    };
}

/// Sites that are heavy from the first call, one a round.
static FIRST: [Call; 8] = sites!(a b c d e f g h);
/// Sites that are heavy after tiny calls, one a round.
static AFTER_TINY: [Call; 8] = sites!(a b c d e f g h);

/// The contenders: the call on a site's first use, the first heavy call after tiny ones, and the one after that.
const CONTENDERS: [&str; 3] = ["parmap", "parmap, after tiny calls", "parmap, the call after that"];

/// The peers, whom such a job suits.
const PEERS: [&str; 3] = ["rayon", "threads", "OpenMP dynamic"];

/// Measures a round for each pair of sites. The time that is asked for makes no difference.
pub(crate) fn run(_: Ask) -> Findings {
    let peers: Vec<Peer> = Peer::all(1).into_iter().filter(|peer| PEERS.contains(&peer.name())).collect();
    // The loop, parmap in its three calls, and the peers.
    let mut rounds = vec![Vec::new(); 1 + CONTENDERS.len() + peers.len()];
    let mut capacity = Capacity::new();
    let of_item = |i: usize| spin(i as u64, black_box(HEAVY));
    let plain = || (0..black_box(ITEMS)).map(of_item).collect::<Vec<_>>();
    let expected = plain();
    for (round, (first, after_tiny)) in FIRST.into_iter().zip(AFTER_TINY).enumerate() {
        let mut took = |contender: usize, call: &dyn Fn() -> Vec<u64>| {
            let (result, ns) = timed(1, call);
            assert_eq!(result, expected, "contender {contender} of row 4b");
            rounds[contender].push(ns);
        };
        // The two calls after the tiny ones stand together: nothing may come between them.
        let turns = 3 + peers.len();
        for turn in 0..turns {
            thread::sleep(PAUSE);
            match (round + turn) % turns {
                0 => took(0, &plain),
                1 => took(1, &|| first(HEAVY)),
                2 => {
                    (0..TINY_CALLS).for_each(|_| drop(black_box(after_tiny(TINY))));
                    took(2, &|| after_tiny(HEAVY));
                    took(3, &|| after_tiny(HEAVY));
                }
                other => took(other + 1, &|| peers[other - 3].map(ITEMS, of_item)),
            }
        }
        capacity.read();
    }
    let mut rounds = rounds.into_iter();
    let plain = rounds.next().expect("the loop has its rounds");
    let names = CONTENDERS.into_iter().chain(peers.iter().map(|peer| peer.name()));
    let outcome = Outcome::of(format!("50 ms x {ITEMS}"), plain, names.zip(rounds), &capacity);
    findings(outcome)
}

/// The verdicts on it.
fn findings(outcome: Outcome) -> Findings {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let item = outcome.plain.best / ITEMS as f64;
    let ideal = |items| item * ideal_times(items, cores, outcome.capacity);
    let [first, after_tiny, after_that] = CONTENDERS.map(|name| outcome.times(name));
    let of_ideal = |what: &str, took: f64, target| Verdict::new(what, ideal(ITEMS) / took, target, " of the ideal");
    // One item is done alone, and only then are the others shared.
    let one_late = item + ideal(ITEMS - 1);
    let verdicts = vec![
        of_ideal("a site's first call", first.best, Target::AtLeast(LEAST)),
        of_ideal("a site's first call, median", first.median, Target::Shown),
        Verdict::new(
            format!(
                "the first heavy call after {TINY_CALLS} tiny ones, beside one item and then the ideal of the others"
            ),
            one_late / after_tiny.best,
            Target::AtLeast(LEAST),
            " of its speed",
        ),
        of_ideal("the same", after_tiny.best, Target::Shown),
        of_ideal("the second heavy call", after_that.best, Target::AtLeast(LEAST)),
    ];
    let notes = vec![format!(
        "ideal: items are not cut, and {cores} cores at once do {:.2} times what one does: {:.1} items' time for {ITEMS} items, \
         {:.1} for {}",
        outcome.capacity,
        ideal(ITEMS) / item,
        ideal(ITEMS - 1) / item,
        ITEMS - 1,
    )];
    Findings { outcomes: vec![outcome], verdicts, notes, ..Findings::default() }
}

/// The time of so many equal items on so many cores, in items: as many at once as there are cores, which then slow each
/// other down to the capacity, and the rest at once.
fn ideal_times(items: usize, cores: usize, capacity: f64) -> f64 {
    let (full, rest) = ((items / cores) as f64, (items % cores) as f64);
    let rest_times = if rest > 0.0 { (rest / capacity).max(1.0) } else { 0.0 };
    full * cores as f64 / capacity + rest_times
}
