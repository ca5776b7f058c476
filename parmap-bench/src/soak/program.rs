//! What one call does, drawn from a seed: the form, how many items of what cost, how wide, from where, what fails.

use std::time::Duration;

use parmap::Settings;

use super::{
    forms::{self, Form, Length},
    random::{Random, mix},
};

/// Most calls inside each other, the outermost not counted.
pub(crate) const DEEPEST: usize = 3;
/// Most items of a call.
const MOST_ITEMS: u64 = 100_000;
/// Widths that calls ask for, so that pools of all powers of two up to 16 are kept.
pub(crate) const WIDTHS: [usize; 6] = [1, 2, 3, 4, 7, 16];

/// What an item does besides its result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cost {
    Nothing,
    /// So many steps of work, each about 2 ns.
    Even(u32),
    /// One item in 64 takes 64 times as long as these steps.
    Skewed(u32),
    /// One item in so many sleeps.
    Sleeps {
        one_in: u64,
        time: Duration,
    },
    /// One item in so many offers its core to others.
    Yields {
        one_in: u64,
    },
    /// One item in so many has rayon do something, which may run jobs of others meanwhile.
    Rayon {
        one_in: u64,
    },
}

/// From where a call is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Here,
    /// By a thread of rayon's global pool.
    Global,
    /// By a thread of a pool of this width, which is kept.
    Own(usize),
    /// By a thread of a pool of this width that is built for it, and dropped.
    Fresh(usize),
    /// In one half of a `rayon::join`, with another call in the other.
    Joined,
    /// As one of some jobs of a `rayon::scope`.
    Scoped,
    /// While a lock is held that other such calls wait for.
    Locked,
    /// The same by a thread of a pool of which the other threads wait for the lock.
    LockedInPool,
}

impl Place {
    /// Names of all places, for a table.
    pub(crate) const NAMES: [&'static str; 8] = [
        "from a plain thread, or an item",
        "from the global pool",
        "from a pool of its own",
        "from a pool built for it",
        "in a join",
        "in a scope",
        "with a lock held",
        "with a lock held that its pool waits for",
    ];

    pub(crate) fn number(self) -> usize {
        match self {
            Place::Here => 0,
            Place::Global => 1,
            Place::Own(_) => 2,
            Place::Fresh(_) => 3,
            Place::Joined => 4,
            Place::Scoped => 5,
            Place::Locked => 6,
            Place::LockedInPool => 7,
        }
    }
}

/// By what an item fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Panic,
    /// An error, where the function can return one.
    Error,
    /// Some so, some so.
    Mixed,
}

/// The items that fail: one, and then each so many behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failing {
    pub(crate) first: u64,
    pub(crate) stride: u64,
    pub(crate) how: How,
}

/// How a call is told to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cancel {
    /// Before it began.
    Before,
    /// By the item at this position.
    ByItem(u64),
    /// By another thread, after a while.
    ByThread(Duration),
    /// By a deadline so far ahead.
    Deadline(Duration),
}

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) seed: u64,
    /// How many calls are around it.
    pub(crate) depth: usize,
    pub(crate) form: &'static Form,
    /// Its place among all forms.
    pub(crate) number: usize,
    pub(crate) items: u64,
    pub(crate) cost: Cost,
    pub(crate) place: Place,
    /// What the call asks for itself; 0 for nothing.
    pub(crate) processes: usize,
    pub(crate) chunksize: usize,
    /// What `parmap::with` says around it, if it is there.
    pub(crate) settings: Option<Settings>,
    /// The threads that `settings` allow; 0 for any number.
    pub(crate) widest: usize,
    pub(crate) failing: Option<Failing>,
    pub(crate) cancel: Option<Cancel>,
    /// Whether some of its items make calls.
    pub(crate) nests: bool,
    /// Whether each item's evaluations are counted one by one.
    pub(crate) marked: bool,
}

/// What programs may ask for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    /// That other threads exist: rayon's pools, and one that cancels.
    pub(crate) threads: bool,
    /// The forms whose names contain this.
    pub(crate) forms: Option<&'static str>,
}

impl Allowed {
    pub(crate) fn has(&self, form: &Form) -> bool {
        self.forms.is_none_or(|part| form.title().contains(part))
    }
}

impl Program {
    /// The call of this seed, made from where its caller is, and by nothing that would wait for a lock.
    pub(crate) fn beside(seed: u64, depth: usize, allowed: Allowed) -> Self {
        let program = Program::draw(seed, depth, allowed);
        let cost = if matches!(program.cost, Cost::Rayon { .. }) { Cost::Nothing } else { program.cost };
        Program { place: Place::Here, nests: false, cost, ..program }
    }

    /// The call of this seed.
    pub(crate) fn draw(seed: u64, depth: usize, allowed: Allowed) -> Self {
        let mut random = Random::new(seed);
        let (number, form) = draw_form(&mut random, allowed);
        let place = draw_place(&mut random, depth, allowed);
        let locked = matches!(place, Place::Locked | Place::LockedInPool);
        let nests = depth < DEEPEST && !locked && random.one_in(if depth == 0 { 25 } else { 4 });
        // What the call costs in all, in nanoseconds: mostly too little to share.
        let budget = match random.below(100) {
            _ if nests || depth > 0 => random.up_to(20_000),
            0..65 => random.up_to(20_000),
            65..93 => random.up_to(400_000),
            _ => random.up_to(4_000_000),
        };
        // An item that is checked takes some 20 ns at least.
        let most = (budget / 20).clamp(2, if nests { 64 } else { MOST_ITEMS });
        let drawn = match random.below(20) {
            0 => 0,
            1 => 1,
            _ => random.up_to(most),
        };
        let items = match form.length {
            Length::Any => drawn,
            Length::AtMost(most) => drawn.min(most),
            Length::Exactly(exactly) => exactly,
        };
        let cost = match draw_cost(&mut random, budget / items.max(1), items) {
            // Somebody else's job might wait for the lock, or for a pool that is not there.
            Cost::Rayon { .. } if locked || !allowed.threads => Cost::Nothing,
            cost => cost,
        };
        let (settings, widest) = draw_settings(&mut random);
        Program {
            seed,
            depth,
            form,
            number,
            items,
            cost,
            place,
            processes: if random.one_in(2) { 0 } else { random.pick(&WIDTHS) },
            chunksize: if random.one_in(2) { 0 } else { random.pick(&[1, 2, 7, 25, 1_000]) },
            settings,
            widest,
            failing: random.one_in(12).then(|| Failing {
                first: random.below(items.max(1)),
                stride: random.up_to(items.max(1)),
                how: random.pick(&[How::Panic, How::Error, How::Mixed]),
            }),
            cancel: random.one_in(20).then(|| draw_cancel(&mut random, items, allowed)),
            nests,
            marked: items <= 4_096 || random.one_in(4),
        }
    }

    /// The result of the item at this position.
    #[inline]
    pub(crate) fn value(&self, position: u64) -> u64 {
        // So that sums do not overflow.
        mix(position ^ self.seed) >> 20
    }

    /// Whether the item at this position fails, if it is evaluated.
    #[inline]
    pub(crate) fn fails_at(&self, position: u64) -> bool {
        self.failing.is_some_and(|Failing { first, stride, .. }| {
            position >= first && (position - first) % stride == 0 && position < self.items
        })
    }

    /// Whether the item at this position fails by a panic even where it could return an error.
    pub(crate) fn panics_at(&self, position: u64) -> bool {
        match self.failing.map(|failing| failing.how) {
            Some(How::Error) => false,
            Some(How::Mixed) => mix(position) & 2 == 0,
            _ => true,
        }
    }
}

fn draw_form(random: &mut Random, allowed: Allowed) -> (usize, &'static Form) {
    let asked = forms::all().enumerate().filter(|(_, form)| allowed.has(form));
    let drawn = random.below(asked.clone().count() as u64) as usize;
    asked.clone().nth(drawn).expect("there is a form of that name, as was checked at the beginning")
}

fn draw_place(random: &mut Random, depth: usize, allowed: Allowed) -> Place {
    let width = random.pick(&[1, 2, 3, 5]);
    match random.below(200) {
        _ if !allowed.threads => Place::Here,
        0..20 => Place::Global,
        // Not by an item: it would wait for a thread of a pool whose threads may all wait for this item.
        20..44 if depth == 0 => Place::Own(width),
        44..52 => Place::Joined,
        52..60 => Place::Scoped,
        60 if depth == 0 => Place::Fresh(width),
        61..67 if depth == 0 => Place::Locked,
        67..73 if depth == 0 => Place::LockedInPool,
        _ => Place::Here,
    }
}

/// `share`: nanoseconds that an item may take.
fn draw_cost(random: &mut Random, share: u64, items: u64) -> Cost {
    let steps = (share / 2).min(100_000) as u32;
    let one_in = (items / 3).max(2);
    match random.below(100) {
        0..25 => Cost::Even(steps),
        25..37 => Cost::Skewed(steps / 2),
        37..41 => Cost::Sleeps { one_in, time: Duration::from_micros(100 + random.up_to(1_900)) },
        41..47 => Cost::Yields { one_in },
        47..51 => Cost::Rayon { one_in },
        _ => Cost::Nothing,
    }
}

fn draw_settings(random: &mut Random) -> (Option<Settings>, usize) {
    if !random.one_in(5) {
        return (None, 0);
    }
    let (mut settings, mut widest) = (Settings::new(), 0);
    if random.one_in(2) {
        widest = random.pick(&WIDTHS);
        settings = settings.processes(widest);
    }
    if random.one_in(4) {
        settings = settings.chunksize(random.pick(&[1, 3, 25, 500]));
    }
    if random.one_in(3) {
        settings = settings.shuffle(random.next());
    }
    (Some(settings), widest)
}

fn draw_cancel(random: &mut Random, items: u64, allowed: Allowed) -> Cancel {
    let after = Duration::from_micros(random.up_to(400));
    match random.below(10) {
        0 => Cancel::Before,
        1..4 if allowed.threads => Cancel::ByThread(after),
        4..6 => Cancel::Deadline(after),
        _ => Cancel::ByItem(random.below(items.max(1))),
    }
}
