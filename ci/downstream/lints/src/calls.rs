//! Calls of the macros with the feature `annotated`, and of others called so without.

#[cfg(feature = "annotated")]
use parmap::{par_map, pipeline};

/// What stands for a call of the same arguments, that gives something.
#[cfg(not(feature = "annotated"))]
fn given<F, I, A>(_function: F, _items: I) -> A {
    loop {}
}

/// What stands for a call of the same arguments, that gives nothing.
#[cfg(not(feature = "annotated"))]
fn nothing<F, I>(_function: F, _items: I) {}

#[cfg(not(feature = "annotated"))]
macro_rules! par_map {
    ($function:expr, $items:ident) => {
        nothing($function, $items)
    };
    ($function:expr, $items:expr, into = $out:ident) => {
        nothing($function, ($items, $out))
    };
    ($function:expr, $items:expr, fold = ($init:expr, $combine:expr)) => {
        given(($function, $init, $combine), $items)
    };
    ($function:expr, $items:expr $(, $($option:tt)*)?) => {
        given($function, $items)
    };
}

/// What the user wrote in a stage or end.
#[cfg(not(feature = "annotated"))]
macro_rules! written {
    () => {
        ()
    };
    ($function:expr) => {
        $function
    };
    ($function:expr, try) => {
        $function
    };
    ($function:expr, global = $global:expr, local($local:ident = $value:expr)) => {
        ($function, $global, $value)
    };
    ($init:expr, $function:expr) => {
        ($init, $function)
    };
}

/// The same of all stages and the end.
#[cfg(not(feature = "annotated"))]
macro_rules! parts {
    (($($found:expr,)*) $part:ident $arguments:tt $(, $($rest:tt)*)?) => {
        parts!(($($found,)* written! $arguments,) $($($rest)*)?)
    };
    ($found:tt $($options:tt)*) => {
        $found
    };
}

#[cfg(not(feature = "annotated"))]
macro_rules! pipeline {
    ($items:expr, for_each($function:expr)) => {
        nothing($function, $items)
    };
    ($items:expr, $($part:tt)*) => {
        given(parts!(() $($part)*), $items)
    };
}

/// Numbers, in each way.
#[must_use]
pub fn mapped(numbers: &[u64], by: u64) -> Vec<u64> {
    let scaled: Vec<u64> = par_map!(|x: &u64| x.wrapping_mul(by), numbers, chunksize = 2, processes = 2);
    let counted: Vec<u32> = par_map!(u64::count_ones, scaled.clone());
    let total: u32 = par_map!(|x: u32| x, counted, reduce = sum);
    let joined: u64 = par_map!(|x: u64| x, scaled.clone(), fold = (0_u64, u64::wrapping_add));
    let parsed: Result<Vec<u64>, core::num::ParseIntError> = par_map!(|line: &str| line.parse::<u64>(), ["1"], try);
    let mut out = vec![u64::from(total), joined];
    out.extend(parsed.unwrap_or_default());
    out.extend(scaled);
    out
}

/// With what the options provide.
pub fn provided(numbers: &mut [u64], by: u64) -> Vec<u64> {
    let cells = &mut *numbers;
    par_map!(|x: &mut u64| *x = x.wrapping_add(1_u64), cells);
    par_map!(
        |x: &mut u64, times: u64, i: usize, seen: &mut Vec<u64>| -> u64 {
            seen.push(times);
            x.wrapping_mul(times).wrapping_add(i as u64)
        },
        &mut *numbers,
        global = by,
        index = i,
        local(seen = Vec::new())
    )
}

/// In a place that is there.
pub fn placed(out: &mut [u64]) {
    par_map!(|x: u64| x.wrapping_mul(2_u64), 0_u64..2_u64, into = out);
}

/// Through stages.
#[must_use]
pub fn streamed(lines: &[&str], by: usize) -> usize {
    let mut seen = 0_usize;
    let lengths: Vec<usize> = pipeline!(
        lines,
        par(|line: &&str| line.len()),
        par_filter(|length: &usize| *length > 1_usize),
        par(
            |length: usize, times: usize, last: &mut usize| {
                *last = length;
                last.wrapping_mul(times)
            },
            global = by,
            local(last = 0_usize)
        ),
        serial(|length: usize| {
            seen = seen.max(length);
            length
        }),
        collect(),
        in_flight = 8,
        processes = 2,
    );
    let total: usize = pipeline!(lengths, par_flat_map(|length: usize| [length, seen]), sum());
    let product: Option<usize> =
        pipeline!([total, 2_usize], par(|x: usize| x.checked_add(1_usize), try), fold(1_usize, usize::wrapping_mul));
    let mut last = product;
    pipeline!([1_usize], for_each(|x| last = Some(x)));
    last.unwrap_or_default()
}
