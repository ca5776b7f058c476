//! Faults in which a soak has a part: what it brings upon itself, or has to see that others bring upon it. All others
//! are for `ci/soak_faults.py` alone.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use signal_hook::{consts::SIGUSR1, flag};

use super::world::World;

/// What is wrong with the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(crate) enum Fault {
    /// No thread can be started. The soak checks that this is so, and makes all calls from its first thread.
    Threads,
    /// The process is forked all the while, and the child starts another program.
    Forks,
    /// SIGUSR1 arrives all the while, for which there is a handler. Somebody has to send it.
    Signals,
}

/// A fault, and how often it was seen.
pub(crate) struct Faults {
    fault: Option<Fault>,
    pub(crate) seen: AtomicU64,
    signalled: Arc<AtomicBool>,
}

impl Faults {
    /// # Errors
    ///
    /// If the fault is not to be had; in words.
    pub(crate) fn begin(fault: Option<Fault>) -> Result<Self, String> {
        let faults = Faults { fault, seen: AtomicU64::new(0), signalled: Arc::default() };
        match fault {
            Some(Fault::Threads) => match thread::Builder::new().spawn(|| ()) {
                Ok(_) => return Err("the fault is not there: a thread could be started".to_owned()),
                Err(error) => {
                    println!("no thread can be had: {error}");
                    faults.seen.fetch_add(1, Relaxed);
                }
            },
            Some(Fault::Signals) => {
                flag::register(SIGUSR1, faults.signalled.clone()).map_err(|error| error.to_string())?;
            }
            Some(Fault::Forks) | None => {}
        }
        Ok(faults)
    }

    /// Goes on while calls are made, a step at a time: to be called again and again.
    pub(crate) fn step(&self, world: &World) {
        match self.fault {
            Some(Fault::Forks) => match fork() {
                Ok(()) => _ = self.seen.fetch_add(1, Relaxed),
                Err(error) => world.wrong_in_all(&format!("a child could not be started: {error}")),
            },
            Some(Fault::Signals) => {
                thread::sleep(Duration::from_micros(500));
                self.seen.fetch_add(self.signalled.swap(false, Relaxed).into(), Relaxed);
            }
            _ => thread::sleep(Duration::from_millis(20)),
        }
    }

    /// Whether the fault was seen, if there was to be one.
    pub(crate) fn check(&self, world: &World) {
        if self.fault.is_some() && self.seen.load(Relaxed) == 0 {
            world.wrong_in_all("the fault was never seen");
        }
    }
}

/// Starts a program that does nothing, and waits for its end.
fn fork() -> std::io::Result<()> {
    // Asked for a user (its own), the standard library forks, where it would otherwise take a shorter way.
    let user = fs::metadata("/proc/self")?.uid();
    let mut child = Command::new("/bin/true");
    let status = child.uid(user).stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(status.to_string())) }
}
