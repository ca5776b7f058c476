//! One call: from where it is made, and under which settings.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::PoisonError,
    time::Instant,
};

use parmap::{Settings, with};
use rayon::ThreadPoolBuilder;

use super::{
    probe::{Probe, Stoppable},
    program::{Cancel, Place, Program},
    random::mix,
    world::World,
};

/// Makes the call of this seed, inside so many others.
pub(crate) fn run(world: &'static World, seed: u64, depth: usize) {
    let program = Program::draw(seed, depth, world.allowed);
    let make = || call(world, &program);
    // Another call, where there are to be several.
    let beside = |number: u64| call(world, &Program::beside(mix(seed ^ number), depth, world.allowed));
    let lock = || world.lock.lock().unwrap_or_else(PoisonError::into_inner);
    match program.place {
        Place::Here => make(),
        Place::Global => rayon::scope(|_| make()),
        Place::Own(width) => world.pool(width).install(make),
        Place::Fresh(width) => match ThreadPoolBuilder::new().num_threads(width).build() {
            Ok(pool) => pool.install(make),
            Err(_) => make(),
        },
        Place::Joined => _ = rayon::join(make, || beside(1)),
        Place::Scoped => rayon::scope(|scope| {
            scope.spawn(|_| beside(1));
            make();
            scope.spawn(|_| beside(2));
        }),
        Place::Locked => {
            let _lock = lock();
            make();
        }
        Place::LockedInPool => world.pool(3).scope(|scope| {
            for number in 1..3 {
                scope.spawn(move |_| {
                    let _lock = lock();
                    beside(number);
                });
            }
            let _lock = lock();
            make();
        }),
    }
}

/// Makes the call here.
fn call(world: &'static World, program: &Program) {
    let _begun = world.begin(program);
    let probe = Probe::new(program, world);
    let _stoppable = program.cancel.is_some().then(Stoppable::begin);
    let settings = match program.cancel {
        None => program.settings.clone(),
        Some(cancel) => Some(stopped_by(cancel, world, &probe)),
    };
    let run = || (program.form.run)(&probe);
    let ran = catch_unwind(AssertUnwindSafe(|| match settings {
        None => run(),
        Some(settings) => with(settings, run),
    }));
    if ran.is_err() {
        probe.wrong("what checks it panicked".to_owned());
    }
    probe.check_living(0);
}

/// The settings of a call that is stopped so.
fn stopped_by(cancel: Cancel, world: &World, probe: &Probe<'_>) -> Settings {
    let settings = probe.program.settings.clone().unwrap_or_default().cancel(&probe.token);
    match cancel {
        Cancel::Before => probe.token.cancel(),
        Cancel::ByThread(time) => world.cancel_after(time, &probe.token),
        Cancel::Deadline(time) => return settings.deadline(Instant::now() + time),
        Cancel::ByItem(_) => {}
    }
    settings
}
