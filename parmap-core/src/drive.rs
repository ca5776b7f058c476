//! What an expansion hands to the engine, and what the engine makes of it: one item's plain call, or many items' call.

use std::{marker::PhantomData, ops::ControlFlow};

use crate::{
    OneOrMany,
    end::{End, Nothing},
    failure::{Failure, Stopped, drop_quietly, raise_cancelled},
    infer::Many,
    locals::Locals,
    site::Options,
    supply::Supply,
    tried::Mode,
    work::{Run, Work},
};

/// What is done with one item or many.
pub trait Drive<T> {
    /// What comes of one item.
    type One;
    /// What comes of many.
    type Many;

    /// The plain call.
    fn one(self, item: T) -> Self::One;

    /// The call of many.
    fn many(self, items: impl Supply<Item = T>) -> Self::Many;
}

/// A function's body with its options.
#[derive(Debug)]
pub(crate) struct Map<T, R, F, O, K, N, M> {
    options: O,
    local: K,
    body: F,
    end: N,
    mode: M,
    maps: PhantomData<fn(T) -> R>,
}

impl<T, R, L, F, O, K, N, E, M> Drive<T> for Map<T, R, F, O, K, N, M>
where
    F: Fn(&mut L, usize, T) -> R + Sync,
    O: FnOnce() -> Options,
    K: Fn() -> L + Sync,
    L: Send,
    N: FnOnce() -> E,
    E: End<M::Value>,
    M: Mode<R, Value: Send>,
{
    type One = R;
    type Many = M::With<E::Output>;

    #[inline]
    fn one(self, item: T) -> R {
        let mut local = (self.local)();
        (self.body)(&mut local, 0, item)
    }

    fn many(self, items: impl Supply<Item = T>) -> Self::Many {
        // The user's expressions first: what a source holds is no longer dropped by itself.
        let (options, end) = ((self.options)().under_orders(), (self.end)());
        let work =
            Mapping { body: self.body, locals: Locals::new(self.local), end, mode: PhantomData::<fn() -> (R, M)> };
        let done = items.run(&options, &work);
        let Mapping { end, locals, .. } = work;
        match done {
            Ok(cells) => {
                drop(locals);
                M::whole(end.output(cells))
            }
            Err(stopped) => match stopped.without((locals, end)) {
                Stopped::Panicked(panicked) => panicked.raise(options.site),
                Stopped::Failed(error) => M::failed(error),
                Stopped::Cancelled => self.mode.cancelled().unwrap_or_else(|| raise_cancelled(options.site)),
            },
        }
    }
}

/// What an annotated function does with one item or many.
///
/// `options` and `end` are not evaluated for one item, `local` once for each worker that comes to an item. An expansion
/// writes the first type arguments, as `_` for the most part: errors about the bounds land on them. They land nowhere
/// else, as the bounds are here and on nothing that the expansion names beside.
#[inline]
pub fn drive<T, R, F, L, E, M, A, O, K, N, S>(
    items: S,
    options: O,
    local: K,
    body: F,
    end: N,
    mode: M,
) -> S::Output<R, M::With<A>>
where
    T: Send,
    R: Send,
    F: Fn(&mut L, usize, T) -> R + Sync,
    L: Send,
    E: End<M::Value, Output = A>,
    M: Mode<R, Value: Send>,
    O: FnOnce() -> Options,
    K: Fn() -> L + Sync,
    N: FnOnce() -> E,
    S: OneOrMany<T>,
{
    items.__parmap_drive(Map { options, local, body, end, mode, maps: PhantomData })
}

/// What `par_map!` does with many items; otherwise as [`drive`].
#[inline]
pub fn drive_many<T, R, F, L, E, M, A, O, K, N, S>(
    items: S,
    options: O,
    local: K,
    body: F,
    end: N,
    mode: M,
) -> M::With<A>
where
    T: Send,
    R: Send,
    F: Fn(&mut L, usize, T) -> R + Sync,
    L: Send,
    E: End<M::Value, Output = A>,
    M: Mode<R, Value: Send>,
    O: FnOnce() -> Options,
    K: Fn() -> L + Sync,
    N: FnOnce() -> E,
    S: Many<T>,
{
    items.__parmap_many(Map { options, local, body, end, mode, maps: PhantomData })
}

/// As [`drive_many`], with results that are written to `out`; panics if there are not as many places as items.
#[inline]
pub fn drive_into<T, R, F, L, V, M, O, K, S>(
    items: S,
    options: O,
    local: K,
    body: F,
    out: &mut [V],
    mode: M,
) -> M::With<()>
where
    T: Send,
    R: Send,
    F: Fn(&mut L, usize, T) -> R + Sync,
    L: Send,
    V: Send,
    M: Mode<R, Value = V>,
    O: FnOnce() -> Options,
    K: Fn() -> L + Sync,
    S: Many<T>,
{
    let map = Map { options, local, body, end: (), mode, maps: PhantomData };
    items.__parmap_many(Into { map, out, local: PhantomData::<fn() -> L> })
}

/// A function's body whose results are written in place.
struct Into<'o, V, L, D> {
    map: D,
    out: &'o mut [V],
    local: PhantomData<fn() -> L>,
}

impl<T, R, L, F, O, K, N, M, V> Drive<T> for Into<'_, V, L, Map<T, R, F, O, K, N, M>>
where
    F: Fn(&mut L, usize, T) -> R + Sync,
    O: FnOnce() -> Options,
    K: Fn() -> L + Sync,
    L: Send,
    V: Send,
    M: Mode<R, Value = V>,
{
    type One = M::With<()>;
    type Many = M::With<()>;

    fn one(self, item: T) -> M::With<()> {
        agree(Some(1), self.out.len());
        match M::judge(self.map.one_result(item)) {
            ControlFlow::Continue(value) => {
                self.out[0] = value;
                M::whole(())
            }
            ControlFlow::Break(error) => M::failed(error),
        }
    }

    fn many(self, items: impl Supply<Item = T>) -> M::With<()> {
        let Into { map: Map { options, local, body, mode, .. }, out, .. } = self;
        let places = out.len();
        agree(items.len(), places);
        let onto = |local: &mut L, index, (item, place): (T, &mut V)| match M::judge(body(local, index, item)) {
            ControlFlow::Continue(value) => {
                *place = value;
                ControlFlow::Continue(())
            }
            ControlFlow::Break(error) => ControlFlow::Break(error),
        };
        let map =
            Map { options, local, body: onto, end: || Nothing, mode: Placed(mode, PhantomData), maps: PhantomData };
        map.many(items.onto(out))
    }
}

impl<T, R, F, O, K, N, M> Map<T, R, F, O, K, N, M> {
    fn one_result<L>(self, item: T) -> R
    where
        F: Fn(&mut L, usize, T) -> R,
        K: Fn() -> L,
    {
        (self.body)(&mut (self.local)(), 0, item)
    }
}

/// # Panics
///
/// If there are not as many places as items, or nobody knows how many items.
fn agree(items: Option<usize>, places: usize) {
    match items {
        Some(items) if items == places => {}
        Some(items) => panic!("parmap: `into` has {places} places for {items} items"),
        None => panic!(
            "parmap: `into` has {places} places for an iterator that does not know its length: \
             write `into` with a collection, or leave it out"
        ),
    }
}

/// The mode of results that were judged when they were put in their places.
struct Placed<M, R>(M, PhantomData<fn() -> R>);

impl<R, M: Mode<R>> Mode<ControlFlow<M::Error>> for Placed<M, R> {
    type Value = ();
    type Error = M::Error;
    type With<X> = M::With<X>;
    const TRIES: bool = M::TRIES;

    #[inline]
    fn judge(placed: ControlFlow<M::Error>) -> ControlFlow<M::Error> {
        placed
    }

    fn whole<X>(value: X) -> M::With<X> {
        M::whole(value)
    }

    fn failed<X>(error: M::Error) -> M::With<X> {
        M::failed(error)
    }

    fn cancelled<X>(&self) -> Option<M::With<X>> {
        self.0.cancelled()
    }
}

/// What the workers of a call do with its items: the body, the workers' states, and what becomes of the results.
struct Mapping<F, K, L, E, R, M> {
    body: F,
    locals: Locals<K, L>,
    end: E,
    mode: PhantomData<fn() -> (R, M)>,
}

/// What a worker has to itself.
struct State<L, P> {
    /// Made when it comes to its first item.
    local: Option<L>,
    part: P,
}

impl<T, R, L, F, K, E, M> Work<T> for Mapping<F, K, L, E, R, M>
where
    F: Fn(&mut L, usize, T) -> R + Sync,
    K: Fn() -> L + Sync,
    L: Send,
    E: End<M::Value>,
    M: Mode<R>,
{
    type Cell = E::Cell;
    type Error = M::Error;
    type State = State<L, E::Part>;
    const KEEPS: bool = E::KEEPS;
    const TRIES: bool = M::TRIES;
    const ORDERED: bool = E::ORDERED;
    const GRAIN: usize = E::GRAIN;

    fn begin(&self) -> Self::State {
        State { local: None, part: E::Part::default() }
    }

    #[inline]
    fn map<Rn: Run<Item = T, Cell = E::Cell>>(
        &self,
        state: &mut Self::State,
        run: &mut Rn,
        count: usize,
        failure: &Failure<M::Error>,
    ) -> ControlFlow<M::Error> {
        let local = state.local.get_or_insert_with(|| self.locals.take());
        self.end.map(&mut state.part, run, count, failure, |index, item| M::judge((self.body)(local, index, item)))
    }

    #[inline]
    fn finish_run(&self, state: &mut Self::State, failure: &Failure<M::Error>) {
        self.end.finish_run(std::mem::take(&mut state.part), failure);
    }

    fn spoil(&self, state: &mut Self::State) {
        drop_quietly(state.local.take());
    }

    #[inline]
    fn leave(&self, state: Self::State) {
        if let Some(local) = state.local {
            self.locals.leave(local);
        }
    }

    fn settled(&self) -> usize {
        self.end.settled()
    }

    fn wait(&self, until: usize, woken: impl Fn() -> bool) {
        self.end.wait(until, woken);
    }

    fn wake(&self) {
        self.end.wake();
    }
}
