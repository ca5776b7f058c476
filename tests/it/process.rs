//! Tests in processes of their own, where nobody else takes threads, memory or the environment.

use std::{
    env,
    io::Read,
    process::{Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

/// Set in the processes that [`in_a_process_of_its_own`] starts.
const CHILD: &str = "PARMAP_TEST_CHILD";

/// Whether this is such a process.
pub(crate) fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// Runs `body` in a process in which nothing but the test named `test` runs, with the environment given.
pub(crate) fn in_a_process_of_its_own(test: &str, environment: &[(&str, &str)], body: impl FnOnce()) -> String {
    if is_child() {
        body();
        return String::new();
    }
    let mut child = Command::new(env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, "1");
    for variable in ["RUST_MIN_STACK", "PARMAP_PROCESSES", "PARMAP_CHUNKSIZE", "PARMAP_SCHEDULE"] {
        child.env_remove(variable);
    }
    child.envs(environment.iter().copied());
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Read as it is written, so that a full pipe holds nobody up.
    let readers = [read_all(child.stdout.take().unwrap()), read_all(child.stderr.take().unwrap())];
    // A test of what might never end: this one ends it.
    let mut status = None;
    for _ in 0..2_400 {
        status = child.try_wait().unwrap();
        if status.is_some() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    if status.is_none() {
        child.kill().unwrap();
    }
    let text: String = readers.map(|reader| reader.join().unwrap()).concat();
    assert!(status.is_some(), "{test} does not end in a process of its own:\n{text}");
    assert!(status.unwrap().success() && text.contains("1 passed"), "{test} in a process of its own:\n{text}");
    text
}

/// Reads a child's output on a thread of its own.
fn read_all(mut output: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        output.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// How many threads this process has.
#[cfg(target_os = "linux")]
pub(crate) fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn threads() -> usize {
    0
}

/// Kilobytes that `/proc/self/status` tells under `name`; 0 where there is no such file.
pub(crate) fn kilobytes(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or(0)
}
