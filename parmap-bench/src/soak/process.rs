//! What the system says of this process. Linux alone says it.

use std::{fs, thread, time::Duration};

/// A figure of `/proc/self/status`: kilobytes, or a count.
pub(crate) fn status(field: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(field) && line[field.len()..].starts_with(':'))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What a process holds while nothing is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub(crate) struct Holding {
    /// Kilobytes of memory, with what the allocator keeps for later.
    pub(crate) memory: u64,
    /// Kilobytes that are allocated, where the allocator says so.
    pub(crate) allocated: Option<u64>,
    pub(crate) threads: u64,
}

/// Kilobytes that are allocated, in all threads' heaps. What is free in them goes back to the system, as far as it can.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is asked")]
fn allocated() -> Option<u64> {
    // SAFETY: there is nothing to be held to (malloc_trim(3)).
    unsafe { libc::malloc_trim(0) };
    // SAFETY: it may not run beside the allocator's first use or mallopt (mallinfo(3)): that was long ago, and nobody calls
    // the other.
    let heap = unsafe { libc::mallinfo() };
    // The fields wrap at 4 GB (mallinfo2(3) needs glibc 2.33).
    Some((u64::from(heap.uordblks as u32) + u64::from(heap.hblkhd as u32)) / 1024)
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn allocated() -> Option<u64> {
    None
}

impl Holding {
    /// Now; waits for some seconds until no more threads are left than `expected`, since threads of a pool that was
    /// dropped end in their own time.
    pub(crate) fn now(expected: u64) -> Option<Self> {
        for _ in 0..1_000 {
            if status("Threads")? <= expected {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let allocated = allocated();
        Some(Holding { memory: status("VmRSS")?, allocated, threads: status("Threads")? })
    }
}

/// By how many kilobytes `body` needed more, at most, than was there before. `None` where the system does not say.
pub(crate) fn peak_of<T>(body: impl FnOnce() -> T) -> Option<(u64, T)> {
    // Forgets the peak so far (proc_pid_clear_refs(5)).
    fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = status("VmRSS")?;
    let value = body();
    Some((status("VmHWM")?.saturating_sub(before), value))
}
