//! Other programs that take all cores: children of this one, which spin.
//!
//! They end with their guard, also when it is dropped by a panic. If this program is killed, their input closes, and they
//! end by that; and none lives longer than [`LIMIT`].

use std::{
    hint::black_box,
    io,
    process::{self, Child, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{child, spin::spin};

/// A child ends by itself after this long.
const LIMIT: Duration = Duration::from_secs(600);
/// Until the children have started and the system has spread them over the cores.
const SETTLED: Duration = Duration::from_millis(200);

/// As many busy programs as there are cores, while this lives.
pub(crate) struct Busy(Vec<Child>);

impl Busy {
    /// # Errors
    ///
    /// If a process cannot be started.
    pub(crate) fn start() -> io::Result<Self> {
        let mut busy = Busy(Vec::new());
        for _ in 0..thread::available_parallelism()?.get() {
            busy.0.push(child::command(&["busy"])?.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?);
        }
        thread::sleep(SETTLED);
        Ok(busy)
    }
}

impl Drop for Busy {
    /// A child that has ended already is none to complain about.
    fn drop(&mut self) {
        for child in &mut self.0 {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

/// What a busy program does.
pub(crate) fn spin_until_left() -> ExitCode {
    thread::spawn(|| {
        _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        black_box(spin(black_box(1), 1_000_000));
    }
    ExitCode::SUCCESS
}
