//! How many primes there are below a million, by trial division: sections of numbers that cost the more the later they
//! come.

use std::{hint::black_box, ops::Range};

use parmap::{parmap, sections};

use super::judged;
use crate::{contest::Contest, peers::Peer, report::Findings, rows::Ask};

const BELOW: usize = 1_000_000;
/// Numbers in a section.
const SECTION: usize = 10_000;

fn is_prime(n: u32) -> bool {
    n == 2 || n > 2 && n % 2 == 1 && (3..).step_by(2).take_while(|d| d * d <= n).all(|d| n % d != 0)
}

fn count(section: Range<usize>) -> usize {
    section.filter(|n| is_prime(*n as u32)).count()
}

#[parmap(reduce = sum)]
fn primes(section: Range<usize>) -> usize {
    count(section)
}

/// Measures it.
pub(crate) fn run(ask: Ask) -> Findings {
    let below = || black_box(BELOW);
    let mut contest = Contest::new("primes below 10^6", || sections(below(), SECTION).map(count).sum())
        .enter("parmap", || primes(sections(below(), SECTION)));
    // One section at a time is what one asks of a scheduler for sections of different costs.
    for peer in Peer::all(1) {
        contest = contest.enter(peer.name(), move || {
            let below = below();
            let section = |i| count(i * SECTION..below.min((i + 1) * SECTION)) as f64;
            peer.sum(below.div_ceil(SECTION), section) as usize
        });
    }
    judged([contest.run(ask.time, |a, b| a == b)])
}
