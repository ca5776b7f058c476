//! Each pair of options that means something together; those with `into` are in `into.rs`, those in place in `in_place.rs`.

use std::num::Wrapping;

use crate::oracle::{BY, as_the_loop, mix};

/// A result that depends on everything before it.
fn hash(hash: u64, r: u64) -> u64 {
    hash.rotate_left(5).wrapping_mul(31) ^ r
}

/// Fails for few items, the first of them well behind the start.
fn some(x: u64, value: u64) -> Result<u64, u64> {
    if x % 700 == 699 { Err(value) } else { Ok(value >> 20) }
}

/// A value by way of a worker's own buffer.
fn buffered(buffer: &mut Vec<u64>, x: u64) -> u64 {
    buffer.clear();
    buffer.extend([x, mix(x)]);
    buffer[0] ^ buffer[1]
}

/// Those with `global`.
mod global {
    use super::*;

    as_the_loop! {
        and_chunksize {
            #[parmap(global = by, chunksize = 10)]
            fn(x: u64, by: &u64) -> u64 { mix(x) ^ by }
            many: (&BY)
            par_map: (global = &BY, chunksize = 10)
            looped: |i| (&BY).collect::<Vec<_>>()
        }
        and_processes {
            #[parmap(global = by, processes = *by as usize)]
            fn(x: u64, by: &u64) -> u64 { mix(x) ^ by }
            many: (&BY)
            par_map: (global = &BY, processes = BY as usize)
            looped: |i| (&BY).collect::<Vec<_>>()
        }
        and_index {
            #[parmap(global = by, index = i)]
            fn(x: u64, by: &u64, i: usize) -> u64 { mix(x) ^ by << 40 ^ i as u64 }
            many: (&BY)
            par_map: (global = &BY, index = i)
            looped: |i| (&BY, i).collect::<Vec<_>>()
        }
        behind_index {
            #[parmap(index = i, global = (by, name))]
            fn(x: u64, i: usize, by: &u64, name: &str) -> String { format!("{name} {} {i}", mix(x) ^ by) }
            many: (&BY, "x")
            par_map: (index = i, global = (&BY, "x"))
            looped: |i| (i, &BY, "x").collect::<Vec<_>>()
        }
        and_local {
            #[parmap(global = by, local(buffer = Vec::with_capacity(*by as usize)))]
            fn(x: u64, by: &u64, buffer: &mut Vec<u64>) -> u64 { buffered(buffer, x) ^ by }
            many: (&BY)
            par_map: (global = &BY, local(buffer = Vec::with_capacity(BY as usize)))
            looped: |i| (&BY, &mut Vec::new()).collect::<Vec<_>>()
        }
        and_try {
            #[parmap(global = by, try)]
            fn(x: u64, by: &u64) -> Result<u64, u64> { some(x, mix(x) ^ by) }
            many: (&BY)
            par_map: (global = &BY, try)
            looped: |i| (&BY).collect::<Result<Vec<_>, _>>()
        }
        and_reduce {
            #[parmap(global = by, reduce = (*by, u64::wrapping_add))]
            fn(x: u64, by: &u64) -> u64 { mix(x) ^ by }
            many: (&BY)
            par_map: (global = &BY, reduce = (BY, u64::wrapping_add))
            looped: |i| (&BY).fold(BY, u64::wrapping_add)
        }
        and_fold {
            #[parmap(global = by, fold = (*by, |all, r| hash(all, r ^ by)))]
            fn(x: u64, by: &u64) -> u64 { mix(x) ^ by }
            many: (&BY)
            par_map: (global = &BY, fold = (BY, |all, r| hash(all, r ^ BY)))
            looped: |i| (&BY).fold(BY, |all, r| hash(all, r ^ BY))
        }
    }
}

/// Those with `chunksize` and `processes`.
mod sizes {
    use super::*;

    as_the_loop! {
        chunksize_and_processes {
            #[parmap(chunksize = 25, processes = 4)]
            fn(x: u64) -> u64 { mix(x) }
            many: ()
            par_map: (chunksize = 25, processes = 4)
            looped: |i| ().collect::<Vec<_>>()
        }
        chunksize_and_index {
            #[parmap(chunksize = 7, index = i)]
            fn(x: u64, i: usize) -> (u64, usize) { (mix(x), i) }
            many: ()
            par_map: (chunksize = 7, index = i)
            looped: |i| (i).collect::<Vec<_>>()
        }
        processes_and_index {
            #[parmap(processes = 3, index = i)]
            fn(x: u64, i: usize) -> (u64, usize) { (mix(x), i) }
            many: ()
            par_map: (processes = 3, index = i)
            looped: |i| (i).collect::<Vec<_>>()
        }
        chunksize_and_local {
            #[parmap(chunksize = 64, local(buffer = Vec::new()))]
            fn(x: u64, buffer: &mut Vec<u64>) -> u64 { buffered(buffer, x) }
            many: ()
            par_map: (chunksize = 64, local(buffer = Vec::new()))
            looped: |i| (&mut Vec::new()).collect::<Vec<_>>()
        }
        processes_and_local {
            #[parmap(processes = 2, local(buffer = Vec::new()))]
            fn(x: u64, buffer: &mut Vec<u64>) -> u64 { buffered(buffer, x) }
            many: ()
            par_map: (processes = 2, local(buffer = Vec::new()))
            looped: |i| (&mut Vec::new()).collect::<Vec<_>>()
        }
        chunksize_and_try {
            #[parmap(chunksize = 64, try)]
            fn(x: u64) -> Result<u64, u64> { some(x, mix(x)) }
            many: ()
            par_map: (chunksize = 64, try)
            looped: |i| ().collect::<Result<Vec<_>, _>>()
        }
        processes_and_try {
            #[parmap(processes = 5, try)]
            fn(x: u64) -> Result<u64, u64> { some(x, mix(x)) }
            many: ()
            par_map: (processes = 5, try)
            looped: |i| ().collect::<Result<Vec<_>, _>>()
        }
        chunksize_and_reduce {
            #[parmap(chunksize = 50, reduce = (String::new(), |a, b| a + &b))]
            fn(x: u64) -> String { (mix(x) % 100).to_string() }
            many: ()
            par_map: (chunksize = 50, reduce = (String::new(), |a, b| a + &b))
            looped: |i| ().collect::<String>()
        }
        processes_and_reduce {
            #[parmap(processes = 3, reduce = (String::new(), |a, b| a + &b))]
            fn(x: u64) -> String { (mix(x) % 100).to_string() }
            many: ()
            par_map: (processes = 3, reduce = (String::new(), |a, b| a + &b))
            looped: |i| ().collect::<String>()
        }
        chunksize_and_fold {
            #[parmap(chunksize = 50, fold = (1, hash))]
            fn(x: u64) -> u64 { mix(x) }
            many: ()
            par_map: (chunksize = 50, fold = (1, hash))
            looped: |i| ().fold(1, hash)
        }
        processes_and_fold {
            #[parmap(processes = 3, fold = (1, hash))]
            fn(x: u64) -> u64 { mix(x) }
            many: ()
            par_map: (processes = 3, fold = (1, hash))
            looped: |i| ().fold(1, hash)
        }
    }
}

/// Those with `index`.
mod index {
    use super::*;

    as_the_loop! {
        and_local {
            #[parmap(index = i, local(buffer = Vec::new()))]
            fn(x: u64, i: usize, buffer: &mut Vec<u64>) -> u64 { buffered(buffer, x) ^ (i as u64) << 32 }
            many: ()
            par_map: (index = i, local(buffer = Vec::new()))
            looped: |i| (i, &mut Vec::new()).collect::<Vec<_>>()
        }
        behind_local {
            #[parmap(local(buffer = Vec::new()), index = i)]
            fn(x: u64, buffer: &mut Vec<u64>, i: usize) -> u64 { buffered(buffer, x) ^ (i as u64) << 32 }
            many: ()
            par_map: (local(buffer = Vec::new()), index = i)
            looped: |i| (&mut Vec::new(), i).collect::<Vec<_>>()
        }
        and_try {
            #[parmap(index = i, try)]
            fn(x: u64, i: usize) -> Result<u64, u64> { some(i as u64, mix(x) ^ (i as u64) << 32) }
            many: ()
            par_map: (index = i, try)
            looped: |i| (i).collect::<Result<Vec<_>, _>>()
        }
        and_reduce {
            #[parmap(index = i, reduce = max)]
            fn(x: u64, i: usize) -> (u64, usize) { (mix(x) % 100, i) }
            many: ()
            par_map: (index = i, reduce = max)
            looped: |i| (i).max()
        }
        and_fold {
            #[parmap(index = i, fold = (0, hash))]
            fn(x: u64, i: usize) -> u64 { mix(x) ^ (i as u64) << 32 }
            many: ()
            par_map: (index = i, fold = (0, hash))
            looped: |i| (i).fold(0, hash)
        }
    }
}

/// Those with `local`, and those with `try` that are left.
mod local_and_try {
    use super::*;

    as_the_loop! {
        local_and_try {
            #[parmap(local(buffer = Vec::new()), try)]
            fn(x: u64, buffer: &mut Vec<u64>) -> Result<u64, u64> { some(x, buffered(buffer, x)) }
            many: ()
            par_map: (local(buffer = Vec::new()), try)
            looped: |i| (&mut Vec::new()).collect::<Result<Vec<_>, _>>()
        }
        local_and_reduce {
            #[parmap(local(buffer = Vec::new()), reduce = product)]
            fn(x: u64, buffer: &mut Vec<u64>) -> Wrapping<u64> { Wrapping(buffered(buffer, x) | 1) }
            many: ()
            par_map: (local(buffer = Vec::new()), reduce = product)
            looped: |i| (&mut Vec::new()).product::<Wrapping<u64>>()
        }
        local_and_fold {
            #[parmap(local(buffer = Vec::new()), fold = (0, hash))]
            fn(x: u64, buffer: &mut Vec<u64>) -> u64 { buffered(buffer, x) }
            many: ()
            par_map: (local(buffer = Vec::new()), fold = (0, hash))
            looped: |i| (&mut Vec::new()).fold(0, hash)
        }
        try_and_sum {
            #[parmap(try, reduce = sum)]
            fn(x: u64) -> Result<u64, u64> { some(x, mix(x)) }
            many: ()
            par_map: (try, reduce = sum)
            looped: |i| ().sum::<Result<u64, u64>>()
        }
        try_and_min {
            #[parmap(try, reduce = min)]
            fn(x: u64) -> Option<u64> { some(x, mix(x)).ok() }
            many: ()
            par_map: (try, reduce = min)
            looped: |i| ().collect::<Option<Vec<_>>>().map(|all| all.into_iter().min())
        }
        try_and_reduce {
            #[parmap(try, reduce = (String::new(), |a, b| a + &b))]
            fn(x: u64) -> Result<String, u64> { some(x, mix(x)).map(|r| (r % 100).to_string()) }
            many: ()
            par_map: (try, reduce = (String::new(), |a, b| a + &b))
            looped: |i| ().collect::<Result<String, _>>()
        }
        try_and_fold {
            #[parmap(try, fold = (0, hash))]
            fn(x: u64) -> Result<u64, u64> { some(x, mix(x)) }
            many: ()
            par_map: (try, fold = (0, hash))
            looped: |i| ().try_fold(0, |all, r| Ok(hash(all, r?)))
        }
        try_of_nothing {
            #[parmap(try, chunksize = 3)]
            fn(x: u64) -> Result<(), u64> { some(x, mix(x)).map(drop) }
            many: ()
            par_map: (try, chunksize = 3)
            looped: |i| ().collect::<Result<Vec<()>, _>>()
        }
    }
}

/// All that go together.
mod many_at_once {
    use super::*;

    as_the_loop! {
        with_reduce {
            #[parmap(
                global = (by, name), index = i, local(buffer = Vec::new(), calls = 0), try, chunksize = 6, processes = 4,
                reduce = (String::new(), |a, b| a + &b),
            )]
            fn(
                x: u64, by: &u64, name: &str, i: usize, buffer: &mut Vec<u64>, calls: &mut u32
            ) -> Result<String, u64> {
                *calls += 1;
                let value = some(x, buffered(buffer, x) ^ by)?;
                Ok(if *calls > 0 { format!("{name}{}", (value ^ i as u64) % 10) } else { String::new() })
            }
            many: (&BY, "x")
            par_map: (
                global = (&BY, "x"), index = i, local(buffer = Vec::new(), calls = 0), try, chunksize = 6, processes = 4,
                reduce = (String::new(), |a, b| a + &b)
            )
            looped: |i| (&BY, "x", i, &mut Vec::new(), &mut 0).collect::<Result<String, _>>()
        }
        with_fold {
            #[parmap(
                fold = (0, hash), processes = 4, try, local(buffer = Vec::new()), chunksize = 6, index = i, global = by,
            )]
            fn(x: u64, buffer: &mut Vec<u64>, i: usize, by: &u64) -> Result<u64, u64> {
                some(x, buffered(buffer, x) ^ by ^ (i as u64) << 32)
            }
            many: (&BY)
            par_map: (
                fold = (0, hash), processes = 4, try, local(buffer = Vec::new()), chunksize = 6, index = i, global = &BY
            )
            looped: |i| (&mut Vec::new(), i, &BY).try_fold(0, |all, r| Ok(hash(all, r?)))
        }
    }
}
