//! How one mistake in the types of a pipeline is kept to one error.
//!
//! The type of a pipeline is known only as long as everything in it fits: of something that does not, [`Sent::IfSent`] and
//! [`Known::IfKnown`] are types that the compiler cannot find out, and it says nothing more about what it does not know.

/// What may go to another thread.
///
/// `N` is found out by the compiler, which has to choose from two implementations, and so asks which of them fits before
/// it believes in either. With one it would believe in that, report what is missing, and report it again wherever the type
/// is used.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent between threads safely",
    label = "`{Self}` cannot be sent between threads safely",
    note = "what goes through a pipeline goes from thread to thread: it must be `Send`"
)]
pub trait Sent<N> {
    /// `X`.
    type IfSent<X>;
    /// The same.
    fn if_sent<X>(x: X) -> Self::IfSent<X>;
}

/// What is [`Sent`].
#[derive(Debug)]
pub enum Does {}

/// What nothing is.
#[derive(Debug)]
pub enum Never {}

/// A trait of nothing.
pub trait Nothing {}

impl<T: Send> Sent<Does> for T {
    type IfSent<X> = X;

    #[inline]
    fn if_sent<X>(x: X) -> X {
        x
    }
}

impl<T: Send + Nothing> Sent<Never> for T {
    type IfSent<X> = X;

    #[inline]
    fn if_sent<X>(x: X) -> X {
        x
    }
}

/// What is known.
pub trait Known {
    /// `X`.
    type IfKnown<X>;
    /// The same.
    fn if_known<X>(x: X) -> Self::IfKnown<X>;
}

impl<T> Known for T {
    type IfKnown<X> = X;

    #[inline]
    fn if_known<X>(x: X) -> X {
        x
    }
}

/// `X` if `T` can be [`Sent`].
pub type IfSent<T, N, X> = <T as Sent<N>>::IfSent<X>;

/// `X` if `T` is [`Known`].
pub type IfKnown<T, X> = <T as Known>::IfKnown<X>;
