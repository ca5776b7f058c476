//! A region within a region: an annotated function over 8 groups calls another over the 8 items of its group.
//!
//! Called from the main thread, and by a thread of rayon's pool, which parmap then works in.

use std::{fmt, hint::black_box};

use parmap::parmap;
use rayon::prelude::*;

use crate::{
    contest::{Contest, Outcome},
    report::{Findings, Target, Verdict},
    rows::Ask,
    spin::spin,
};

/// What [`spin`] is given for 20 us.
const STEPS: u32 = 12_500;

/// The costs of the items of each group, as steps.
type Groups = [[u32; 8]; 8];

/// Item `(i, j)` costs `(1 + i) * (1 + j)` times 20 us: 26 ms in all.
fn growing() -> Groups {
    std::array::from_fn(|i| std::array::from_fn(|j| (1 + i as u32) * (1 + j as u32) * STEPS))
}

/// As much in all, of which group 3 holds 70%.
fn lopsided() -> Groups {
    let total = growing().as_flattened().iter().sum::<u32>();
    let share = |percent, groups| total / 100 * percent / groups / 8;
    std::array::from_fn(|i| [if i == 3 { share(70, 1) } else { share(30, 7) }; 8])
}

fn cost(steps: u32) -> u64 {
    spin(u64::from(steps), steps)
}

fn total(costs: impl IntoIterator<Item = u64>) -> u64 {
    costs.into_iter().fold(0, u64::wrapping_add)
}

fn group(items: &[u32; 8]) -> u64 {
    total(items.iter().map(|steps| cost(*steps)))
}

/// Who calls.
#[derive(Clone, Copy)]
enum Place {
    Main,
    Pool,
}

impl Place {
    fn call<R: Send>(self, job: impl FnOnce() -> R + Send) -> R {
        match self {
            Place::Main => job(),
            Place::Pool => rayon::scope(|_| job()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Main => "from the main thread",
            Place::Pool => "from inside the pool",
        })
    }
}

/// A shape's contest, with functions, and so call sites, of its own.
macro_rules! nest {
    ($shape:ident) => {
        mod $shape {
            use super::*;

            #[parmap]
            fn item(steps: u32) -> u64 {
                cost(steps)
            }

            #[parmap]
            fn nested(items: &[u32; 8]) -> u64 {
                total(item(items))
            }

            #[parmap]
            fn outer(items: &[u32; 8]) -> u64 {
                group(items)
            }

            fn rayon(groups: &Groups) -> Vec<u64> {
                let items = |group: &[u32; 8]| group.par_iter().map(|steps| cost(*steps)).collect::<Vec<_>>();
                groups.par_iter().map(|group| total(items(group))).collect()
            }

            pub(super) fn outcome(place: Place, ask: Ask) -> Outcome {
                let groups = super::$shape();
                let groups = || black_box(&groups);
                let plain = || groups().iter().map(group).collect::<Vec<_>>();
                Contest::new(format!("{}, {place}", stringify!($shape)), || place.call(plain))
                    .enter("parmap", || place.call(|| nested(groups())))
                    .enter("parmap, outer only", || place.call(|| outer(groups())))
                    .enter("rayon", || place.call(|| rayon(groups())))
                    .run(ask.time, |a, b| a == b)
            }
        }
    };
}

nest!(growing);
nest!(lopsided);

/// Measures both shapes from both places.
pub(crate) fn run(ask: Ask) -> Findings {
    let mut findings = Findings::default();
    for place in [Place::Main, Place::Pool] {
        for outcome in [growing::outcome(place, ask), lopsided::outcome(place, ask)] {
            let of_capacity = outcome.speed_up("parmap") / outcome.capacity;
            let what = outcome.job.clone();
            findings.verdicts.push(Verdict::new(what, of_capacity, Target::AtLeast(0.9), " of capacity"));
            findings.outcomes.push(outcome);
        }
    }
    findings
}
