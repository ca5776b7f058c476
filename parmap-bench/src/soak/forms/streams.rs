//! Pipelines: each kind of stage and end, in some orders, with each option.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

use parmap::pipeline;

use super::{Form, Length, form, forms, maps::hash};
use crate::soak::{
    probe::{Counted, Failed, Probe},
    random::mix,
};

/// Which items filters let through.
fn keeps(position: u64) -> bool {
    mix(position) % 3 != 0
}

/// The results of those.
fn kept(p: &Probe<'_>) -> Vec<u64> {
    (0..p.items()).filter(|position| keeps(*position)).map(|position| p.value(position)).collect()
}

/// How often a stage repeats an item.
fn repeats(value: u64) -> usize {
    (value % 4) as usize
}

fn repeated(values: Vec<u64>) -> Vec<u64> {
    values.into_iter().flat_map(|value| std::iter::repeat_n(value, repeats(value))).collect()
}

/// A stage in which only so many workers may be at once.
struct Narrow<'p, 'q>(&'p Probe<'q>, AtomicUsize, usize);

impl<'p, 'q> Narrow<'p, 'q> {
    fn of(p: &'p Probe<'q>, most: usize) -> Self {
        Narrow(p, AtomicUsize::new(0), most)
    }

    fn pass(&self, value: u64) -> u64 {
        let inside = self.1.fetch_add(1, Relaxed) + 1;
        if inside > self.2 {
            self.0.wrong(format!("{inside} workers in a stage for {}", self.2));
        }
        if value % 16 == 0 {
            thread::yield_now();
        }
        self.1.fetch_sub(1, Relaxed);
        value
    }
}

forms! {
    collected: plain |p| {
        pipeline!(
            0..p.items(),
            par(|x| p.visit(x)),
            collect(),
            processes = p.processes(),
            chunksize = p.chunksize()
        )
    }, p.values();
    no_stage: pure |p| pipeline!(p.positions(), collect()), p.positions();
    ordered: plain |p| {
        let (mut next, mut last) = (0, 0);
        pipeline!(
            p.positions(),
            par(|x| (x, p.visit(x))),
            serial(|(x, value)| { p.in_order(&mut next, x); value }),
            par(|value| value ^ 1),
            serial(|value| std::mem::replace(&mut last, value)),
            par(|value| value, processes = 2),
            collect(),
            processes = p.processes()
        )
    }, [0].into_iter().chain(p.values().into_iter().map(|value| value ^ 1)).take(p.len()).collect::<Vec<_>>();
    serial_first: plain |p| {
        let (mut next, mut ended) = (0, 0);
        let mut all = Vec::new();
        pipeline!(
            0..p.items(),
            serial(|x| { p.in_order(&mut next, x); x }),
            par(|x| (x, p.visit(x))),
            for_each(|(x, value)| { p.in_order(&mut ended, x); all.push(value) })
        );
        all
    }, p.values();
    all_serial: plain |p| {
        let mut sum = 0;
        pipeline!(
            0..p.items(),
            serial(|x| p.visit(x)),
            serial(|value| { sum += value; sum }),
            fold(7, hash),
            processes = p.processes()
        )
    }, p.values().into_iter().scan(0, |sum, value| { *sum += value; Some(*sum) }).fold(7, hash);
    multiplied: plain |p| {
        pipeline!(
            0..p.items(),
            par(|x| p.visit(x)),
            par_flat_map(|value| std::iter::repeat_n(value, repeats(value))),
            collect(),
            chunksize = p.chunksize()
        )
    }, repeated(p.values());
    multiplied_in_order: plain |p| {
        let mut count = 0;
        pipeline!(
            p.positions(),
            par(|x| p.visit(x)),
            serial_flat_map(|value| { count += 1; vec![value; repeats(value)] }),
            par_filter_map(|value| (value % 5 != 0).then_some(value)),
            sum(),
            in_flight = 3
        )
    }, repeated(p.values()).into_iter().filter(|value| value % 5 != 0).sum::<u64>();
    narrow: plain |p| {
        let (one, two) = (Narrow::of(p, 1), Narrow::of(p, 2));
        pipeline!(
            0..p.items(),
            par(|x| p.visit(x)),
            par(|value| one.pass(value), processes = 1),
            par(|value| value),
            par(|value| two.pass(value), processes = 2),
            count(),
            processes = 7
        )
    }, p.len();
    visited_by_the_source: plain |p| {
        pipeline!(
            (0..p.items()).map(|x| p.visit(x)),
            par(|value| value ^ 3),
            fold(1, hash),
            processes = p.processes()
        )
    }, p.values().into_iter().map(|value| value ^ 3).fold(1, hash);
    visited_by_the_end: plain |p| {
        let mut all = Vec::new();
        pipeline!(
            0..p.items(),
            par(|x| x),
            par(|x| x, processes = 3),
            for_each(|x| all.push(p.visit(x))),
            in_flight = 5,
            chunksize = p.chunksize()
        );
        all
    }, p.values();
    one_in_flight: plain |p| {
        pipeline!(0..p.items(), par(|x| p.visit(x)), serial(|value| value), collect(), in_flight = 1)
    }, p.values();
    globals_and_locals: plain |p| {
        pipeline!(
            p.positions(),
            par(
                |x, p: &Probe<'_>, salt, seen: &mut Vec<u64>| { seen.push(x); p.visit(x) ^ salt },
                global = (p, 9),
                local(seen = Vec::new())
            ),
            serial(|value, salt| value ^ salt, global = 9),
            collect(),
            processes = p.processes()
        )
    }, p.values();
    channel: plain |p| {
        let (send, receive) = mpsc::channel();
        p.positions().into_iter().for_each(|x| send.send(x).expect("somebody receives"));
        drop(send);
        pipeline!(receive, par(|x| p.visit(x)), collect())
    }, p.values();
    tried: fallible |p| {
        pipeline!(
            0..p.items(),
            par(|x| p.tried(x), try, chunksize = p.chunksize()),
            collect(),
            in_flight = 3,
            processes = p.processes()
        )
    }, p.values();
    tried_in_order: fallible |p| {
        let mut next = 0;
        pipeline!(
            p.positions(),
            par(|x| x),
            serial(|x| { p.in_order(&mut next, x); p.tried(x) }, try),
            par(|value| value),
            collect()
        )
    }, p.values();
    tried_by_the_end: fallible |p| {
        let (mut next, mut all) = (0, Vec::new());
        let done = pipeline!(
            0..p.items(),
            par(|x| x),
            for_each(|x| { p.in_order(&mut next, x); p.tried(x).map(|value| all.push(value)) }, try),
            processes = p.processes()
        );
        done.map(|()| all)
    }, p.values();
    tried_by_a_fold: fallible |p| {
        pipeline!(
            0..p.items(),
            par(|x| (x, p.value(x))),
            par_filter(|_| Ok(true), try),
            fold(7, |all, (x, value)| p.tried(x).map(|_| hash(all, value)), try),
            in_flight = 6
        )
    }, p.values().into_iter().fold(7, hash);
    options: optional |p| {
        pipeline!(0..p.items(), par(|x| p.tried(x).ok(), try), serial(|value| value), collect())
    }, p.values();
    // Nothing of a pipeline of its own is left when the next begins.
    twice: plain |p| {
        let values: Vec<u64> = pipeline!(0..p.items(), par(|x| p.visit(x)), collect(), processes = 3);
        pipeline!(&values, par(|value| *value), serial(|value| value), fold(7, hash), processes = 2)
    }, p.values().into_iter().fold(7, hash);
    inside_an_item(Length::AtMost(1_000)): plain |p| {
        pipeline!(
            0..p.items(),
            par(|x| pipeline!(0..3_u64, par(|y| if y == 1 { p.visit(x) } else { 0 }), sum(), processes = 2)),
            collect()
        )
    }, p.values();
}

/// Where not all items come to what fails.
mod filtered {
    use super::*;

    fn by_workers(p: &Probe<'_>) {
        let got = p.plain(|| {
            pipeline!(
                p.positions(),
                par_filter(|x| keeps(*x)),
                par(|x| p.visit(x)),
                collect(),
                processes = p.processes(),
                chunksize = p.chunksize()
            )
        });
        p.settle_where(got, keeps, || kept(p));
    }

    fn in_order(p: &Probe<'_>) {
        let mut next = 0;
        let got = p.fallible(|| {
            pipeline!(
                0..p.items(),
                par(|x| x),
                serial_filter(|x| { p.in_order(&mut next, *x); Ok::<_, Failed>(keeps(*x)) }, try),
                par(|x| p.tried(x), try),
                collect(),
                in_flight = 4,
                processes = p.processes()
            )
        });
        p.settle_where(got, keeps, || kept(p));
    }

    fn and_mapped(p: &Probe<'_>) {
        let mut dropped = 0;
        let got = p.fallible(|| {
            pipeline!(
                0..p.items(),
                par_filter_map(|x| keeps(x).then_some(x)),
                serial(|x| x),
                par(|x| p.tried(x), try, processes = 2),
                serial_filter_map(|value| if value % 2 == 0 { Some(value) } else { dropped += 1; None }),
                fold(3, hash),
                processes = p.processes()
            )
        });
        p.settle_where(got, keeps, || kept(p).into_iter().filter(|value| value % 2 == 0).fold(3, hash));
    }

    pub(in crate::soak::forms) const FORMS: &[Form] =
        &[form!(by_workers: plain), form!(in_order: fallible), form!(and_mapped: fallible)];
}

/// Values that are counted while they live.
mod droppable {
    use super::*;

    fn batches(p: &Probe<'_>) {
        let got = p.plain(|| {
            pipeline!(
                (0..p.items()).map(|x| p.counted(x)),
                par(|item: Counted<'_>| p.counted(p.visit(item.number))),
                serial(|item| item),
                par_filter(|item| item.is_whole()),
                collect(),
                processes = p.processes(),
                chunksize = p.chunksize()
            )
        });
        p.check_living(if let Ok(Ok(results)) = &got { results.len() } else { 0 });
        let numbers = |results: Vec<Counted<'_>>| results.iter().map(|result| result.number).collect::<Vec<_>>();
        p.settle(got.map(|got| got.map(numbers)), || p.values());
        p.check_living(0);
    }

    fn copies(p: &Probe<'_>) {
        let got = p.fallible(|| {
            pipeline!(
                (0..p.items()).map(|x| p.counted(x)),
                par(|item: Counted<'_>| p.tried(item.number).map(|value| p.counted(value)), try),
                par_flat_map(|item| (0..repeats(item.number)).map(|_| p.counted(item.number)).collect::<Vec<_>>()),
                par(|item| item, processes = 2),
                fold(7, |all, item| hash(all, item.number)),
                in_flight = 4,
                processes = p.processes()
            )
        });
        p.check_living(0);
        p.settle(got, || repeated(p.values()).into_iter().fold(7, hash));
    }

    pub(in crate::soak::forms) const FORMS: &[Form] = &[form!(batches: plain), form!(copies: fallible)];
}

pub(super) const MORE: [&[Form]; 2] = [filtered::FORMS, droppable::FORMS];
