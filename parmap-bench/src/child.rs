//! What needs a process of its own: this program, started once more with a hidden argument, does one thing and ends.
//!
//! A child that is asked for a figure prints it as its only line.

use std::{
    env, io,
    process::{Command, ExitCode, Stdio},
};

use crate::rows::{busy, seed, tick};

/// This program as a child that does what `words` say.
///
/// # Errors
///
/// If the program does not know where it is.
pub(crate) fn command(words: &[&str]) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("--child").args(words).stdin(Stdio::null());
    Ok(command)
}

/// The figure that a child prints.
///
/// # Errors
///
/// If the child cannot be started, or has no figure; in words.
pub(crate) fn figure(words: &[&str]) -> Result<f64, String> {
    let output = command(words).and_then(|mut child| child.stderr(Stdio::inherit()).output());
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| format!("the process for `{}` answered {:?}", words.join(" "), text.trim()))
}

/// Does what a child is asked to do.
pub(crate) fn run(words: &[String]) -> ExitCode {
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let figure = match words[..] {
        ["busy"] => return busy::spin_until_left(),
        ["idle"] => tick::idle_cpu(),
        ["memory", rows] => rows.parse().ok().and_then(seed::peak_memory),
        _ => None,
    };
    match figure {
        Some(figure) => println!("{figure}"),
        None => println!("nothing"),
    }
    ExitCode::SUCCESS
}
