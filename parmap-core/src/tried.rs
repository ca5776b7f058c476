//! `try`: results that say whether the call goes on, and what becomes of them as a whole.
//!
//! Decides by type alone, aliases included; the macros only say whether `try` was written.

use std::{convert::Infallible, marker::PhantomData, ops::ControlFlow};

use crate::cancel::Cancelled;

/// What a function with `try` returns: `Result` or `Option`.
#[diagnostic::on_unimplemented(
    message = "`try` is for functions that return `Result` or `Option`, not `{Self}`",
    label = "neither `Result` nor `Option`",
    note = "leave `try` out, or return a `Result`"
)]
pub trait Tried: Sized {
    /// What a success holds.
    type Value;
    /// What a failure holds.
    type Error: Send;
    /// The same with a success that holds `X`.
    type With<X>;

    /// Tells the two apart.
    fn branch(self) -> ControlFlow<Self::Error, Self::Value>;
    /// A success.
    fn from_value<X>(value: X) -> Self::With<X>;
    /// A failure.
    fn from_error<X>(error: Self::Error) -> Self::With<X>;
}

impl<T, E: Send> Tried for Result<T, E> {
    type Value = T;
    type Error = E;
    type With<X> = Result<X, E>;

    #[inline]
    fn branch(self) -> ControlFlow<E, T> {
        match self {
            Ok(value) => ControlFlow::Continue(value),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn from_value<X>(value: X) -> Result<X, E> {
        Ok(value)
    }

    fn from_error<X>(error: E) -> Result<X, E> {
        Err(error)
    }
}

impl<T> Tried for Option<T> {
    type Value = T;
    type Error = ();
    type With<X> = Option<X>;

    #[inline]
    fn branch(self) -> ControlFlow<(), T> {
        match self {
            Some(value) => ControlFlow::Continue(value),
            None => ControlFlow::Break(()),
        }
    }

    fn from_value<X>(value: X) -> Option<X> {
        Some(value)
    }

    fn from_error<X>((): ()) -> Option<X> {
        None
    }
}

/// How the results `R` of a function are taken: as they are, or with `try`.
pub trait Mode<R>: Sync {
    /// What goes into the call's result.
    type Value;
    /// What ends the call early.
    type Error: Send;
    /// The call's result, if it holds `X`.
    type With<X>;

    /// Whether a result may end the call early.
    const TRIES: bool;

    /// Whether the call goes on after this result.
    fn judge(result: R) -> ControlFlow<Self::Error, Self::Value>;
    /// The result of a call that did not end early.
    fn whole<X>(value: X) -> Self::With<X>;
    /// The result of a call that ended early.
    fn failed<X>(error: Self::Error) -> Self::With<X>;
    /// The result of a cancelled call, if it has one.
    fn cancelled<X>(&self) -> Option<Self::With<X>>;
}

/// Results are taken as they are.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl<R> Mode<R> for Plain {
    type Value = R;
    type Error = Infallible;
    type With<X> = X;
    const TRIES: bool = false;

    #[inline]
    fn judge(result: R) -> ControlFlow<Infallible, R> {
        ControlFlow::Continue(result)
    }

    fn whole<X>(value: X) -> X {
        value
    }

    fn failed<X>(error: Infallible) -> X {
        match error {}
    }

    fn cancelled<X>(&self) -> Option<X> {
        None
    }
}

/// Results end the call early if they are failures.
///
/// `N` is the type of an integer literal in the expansion, and says what becomes of a cancelled call. Where the error type
/// is not `From<Cancelled>` one implementation of [`OnCancel`] is left to choose from; where it is, the literal is an
/// `i32`, as integer literals are. Other than by asking the error type, this can be told before that type is inferred.
#[derive(Debug)]
pub struct Try<N>(PhantomData<fn() -> N>);

/// Results end the call early if they are failures; `which` is `0`.
#[must_use]
pub fn tries<N>(_which: N) -> Try<N> {
    Try(PhantomData)
}

impl<R: Tried, N: OnCancel<R::Error>> Mode<R> for Try<N> {
    type Value = R::Value;
    type Error = R::Error;
    type With<X> = R::With<X>;
    const TRIES: bool = true;

    #[inline]
    fn judge(result: R) -> ControlFlow<R::Error, R::Value> {
        result.branch()
    }

    fn whole<X>(value: X) -> R::With<X> {
        R::from_value(value)
    }

    fn failed<X>(error: R::Error) -> R::With<X> {
        R::from_error(error)
    }

    fn cancelled<X>(&self) -> Option<R::With<X>> {
        N::error().map(R::from_error)
    }
}

/// What becomes of a cancelled call whose error type is `E`.
pub trait OnCancel<E> {
    /// The error it returns, if it returns one.
    fn error() -> Option<E>;
}

impl<E: From<Cancelled>> OnCancel<E> for i32 {
    fn error() -> Option<E> {
        Some(E::from(Cancelled))
    }
}

impl<E> OnCancel<E> for u8 {
    fn error() -> Option<E> {
        None
    }
}
