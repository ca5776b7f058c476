//! A soak: random calls of all forms from many threads, for as long as one likes, each checked against the plain loop.
//!
//! ```text
//! cargo run --release -p parmap-bench -- soak [--seconds N] [--seed S] [--threads T] [--fault F] [--call SEED]
//! ```
//!
//! A call is a **program** drawn from a seed: a form (what is written), how many items of what cost, options and
//! settings, from where it is made, what fails, what stops it, and which of its items make calls in turn. Of each is
//! checked that it gives what the loop gives, or the failure that the loop would; that each item was evaluated once
//! (behind a failure at most once); that values were dropped once; that no more worked on it than may; that none of it
//! ran on when it had returned. Of all: that none hangs, and that memory and threads do not grow.
//!
//! A soak ends with 0 if all of that held. What did not hold is told on standard output, with the seed of the call;
//! `--call` makes that call again, from all threads.

mod faults;
mod forms;
mod probe;
mod process;
mod program;
mod random;
mod run;
mod summary;
mod world;

use std::{
    collections::HashSet,
    env,
    error::Error,
    io::{self, BufRead, BufReader},
    panic,
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use parmap::{Cancelled, par_map};
use rayon::ThreadPoolBuilder;

use self::{
    faults::{Fault, Faults},
    probe::Planned,
    process::Holding,
    program::{Allowed, WIDTHS},
    random::{Random, mix},
    summary::Summary,
    world::World,
};

/// The soak is done in so many rounds, with a look at memory and threads behind each. The first is the warm-up.
const ROUNDS: u32 = 10;
/// By so many kilobytes what is allocated may grow after six of the ten rounds, that is in two fifths of the calls: at ten
/// million calls a leak of two bytes a call is more. glibc counts what its threads keep at hand as allocated, too.
const GROWTH: u64 = 4 * 1024;
/// By so many kilobytes memory may grow after half of the rounds: threads free what others allocated, and the allocator's
/// heaps come to rest only slowly (50 to 100 MB of which 11 are allocated).
const SLACK: u64 = 64 * 1024;
/// Results of this many bytes are made to see what a call needs beside them.
const LARGE: u64 = 64 << 20;

/// Makes random calls and checks each against the plain loop.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// For how long.
    #[arg(long, default_value_t = 20.0)]
    seconds: f64,
    /// Decides all programs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// So many threads make calls.
    #[arg(long, default_value_t = 8)]
    threads: u64,
    /// What is wrong with the world meanwhile.
    #[arg(long, value_enum)]
    fault: Option<Fault>,
    /// Only makes the call of this seed, again and again.
    #[arg(long)]
    call: Option<u64>,
    /// Only makes calls of the forms whose names contain this.
    #[arg(long)]
    forms: Option<String>,
    /// A call that has not ended after so many seconds hangs.
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Writes the figures to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Lets through what parmap says on standard error of failures that are planned. Without it the soak runs in a
    /// process of its own, whose standard error this one reads.
    #[arg(long)]
    unfiltered: bool,
}

/// Runs a soak.
pub(crate) fn run(options: Options) -> ExitCode {
    if options.unfiltered {
        return soak(options);
    }
    match filtered() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the soak could not be started in a process of its own ({error}): try --unfiltered");
            ExitCode::FAILURE
        }
    }
}

/// Runs the same soak in another process, and lets through what that says on standard error of what was not planned.
fn filtered() -> io::Result<ExitCode> {
    let mut soak = Command::new(env::current_exe()?);
    let mut soak = soak.args(env::args_os().skip(1)).arg("--unfiltered").stderr(Stdio::piped()).spawn()?;
    for line in BufReader::new(soak.stderr.take().expect("it was asked for")).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let is_planned =
            line.starts_with("parmap: ") && (line.ends_with(" panicked") || line.ends_with(" was cancelled"));
        if !is_planned {
            eprintln!("{line}");
        }
    }
    let status = soak.wait()?;
    if status.code().is_none() {
        eprintln!("the soak ended by a signal: {status}");
    }
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn soak(options: Options) -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        if !panic.payload().is::<Planned>() && !panic.payload().is::<Cancelled>() {
            println!("a panic that was not planned: {panic}");
        }
    }));
    let faults = match Faults::begin(options.fault) {
        Ok(faults) => faults,
        Err(error) => {
            println!("{error}");
            return ExitCode::from(3);
        }
    };
    let threads = options.fault != Some(Fault::Threads);
    let forms = options.forms.as_ref().map(|forms| &*forms.clone().leak());
    let allowed = Allowed { threads, forms };
    if !forms::all().any(|form| allowed.has(form)) {
        println!("there is no form of that name");
        return ExitCode::FAILURE;
    }
    let (world, not_started) = match begin(allowed, options.patience) {
        Ok(begun) => begun,
        Err(error) => {
            println!("threads cannot be had ({error}): `--fault threads` makes calls without any");
            return ExitCode::from(3);
        }
    };
    let began = Instant::now();
    let mut held = Vec::new();
    for round in 0..ROUNDS {
        let end = began + Duration::from_secs_f64(options.seconds) * (round + 1) / ROUNDS;
        make_calls(world, &options, &faults, u64::from(round), end);
        held.extend(Holding::now(held.first().map_or(u64::MAX, |first: &Holding| first.threads)));
        if world.is_over() {
            break;
        }
    }
    let took = began.elapsed();
    if !world.is_over() {
        faults.check(world);
        check_growth(world, &held, &not_started);
        check_large(world);
    }
    let summary = Summary::of(world, &options, &faults, took, held);
    println!("{summary}");
    if let Some(path) = &options.json {
        if let Err(error) = summary.write(path) {
            println!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    if world.is_wrong() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What the calls share, watched and with all pools started if threads are allowed; and the pools that have not started.
fn begin(allowed: Allowed, patience: u64) -> Result<(&'static World, Vec<usize>), Box<dyn Error>> {
    let world: &'static World = Box::leak(Box::new(World::new(allowed)?));
    if !allowed.threads {
        return Ok((world, Vec::new()));
    }
    watch(world, patience)?;
    // Forms use it, and panic where it is not there. Whoever asks first is told why.
    ThreadPoolBuilder::new().build_global()?;
    Ok((world, start_all_pools(world)))
}

/// Makes calls until `end`, from all threads, and waits for these.
fn make_calls(world: &'static World, options: &Options, faults: &Faults, round: u64, end: Instant) {
    let is_over = || world.is_over() || Instant::now() >= end;
    let calls = |thread: u64| {
        let mut random = Random::new(mix(options.seed ^ mix(round << 32 | thread)));
        while !is_over() {
            let seed = options.call.unwrap_or_else(|| random.next());
            // Some in a row, so that sites get to know them.
            for _ in 0..random.up_to(12) {
                run::run(world, seed, 0);
            }
        }
    };
    if !world.allowed.threads {
        return calls(0);
    }
    thread::scope(|scope| {
        for thread in 0..options.threads {
            let calls = move || calls(thread);
            let named = thread::Builder::new().name(format!("caller {thread}"));
            if let Err(error) = named.spawn_scoped(scope, calls) {
                println!("round {round} has {thread} threads that make calls: another cannot be had ({error})");
                if thread == 0 {
                    world.wrong_in_all("nobody makes calls");
                }
                break;
            }
        }
        while !is_over() {
            faults.step(world);
        }
    });
}

/// Watches for calls that hang.
fn watch(world: &'static World, patience: u64) -> io::Result<()> {
    let watch = move || loop {
        thread::sleep(Duration::from_secs(1));
        if let Some(open) = world.tick(patience) {
            println!("WRONG: a call has not ended for {patience} s. Open are:\n{open}");
            std::process::abort();
        }
    };
    thread::Builder::new().name("watchdog".to_owned()).spawn(watch).map(drop)
}

/// Has parmap start the pools that it keeps, so that what is started later is too many. The widths for which it did not,
/// which are told: where this process hardly runs, or may have no more threads, calls do without.
fn start_all_pools(world: &World) -> Vec<usize> {
    let _begun = world.watched("the start of all pools", 0, 0);
    let is_helped = |processes: usize| {
        let item = |_: u32| {
            thread::sleep(Duration::from_millis(1));
            thread::current().id()
        };
        let workers: HashSet<_> = par_map!(item, 0..100, processes = processes).into_iter().collect();
        workers.len() > 1
    };
    // Where all cores are busy helpers are dear, and a call may do without.
    let is_started = |processes: usize| processes == 1 || (0..100).any(|_| is_helped(processes));
    let not_started: Vec<_> =
        world.pool(1).install(|| WIDTHS.into_iter().filter(|&width| !is_started(width)).collect());
    if !not_started.is_empty() {
        println!("nobody has helped calls of 100 ms for `processes` {not_started:?}: threads are not counted");
    }
    not_started
}

/// Checks that no thread came after the first round, if all pools were started before, and that what is allocated, and
/// memory, grow no more after half of them.
fn check_growth(world: &World, held: &[Holding], not_started: &[usize]) {
    let (Some(first), Some(last)) = (held.first(), held.last()) else { return };
    if not_started.is_empty() && last.threads > first.threads {
        world.wrong_in_all(&format!("from {} threads to {}", first.threads, last.threads));
    }
    let half = held[held.len() / 2];
    if let (Some(before), Some(after)) = (half.allocated, last.allocated) {
        if after > before + GROWTH {
            world.wrong_in_all(&format!("from {before} kB allocated to {after} kB"));
        }
    }
    if last.memory > half.memory + SLACK {
        world.wrong_in_all(&format!("from {} kB of memory to {} kB", half.memory, last.memory));
    }
}

/// Checks that a call needs little more memory than its results.
fn check_large(world: &World) {
    let results = || par_map!(mix, 0..LARGE / 8).len();
    let Some((kilobytes, length)) = process::peak_of(results) else { return };
    if length as u64 != LARGE / 8 || kilobytes > LARGE / 1024 * 11 / 10 + 4_096 {
        world.wrong_in_all(&format!("{length} results of {} kB took {kilobytes} kB", LARGE / 1024));
    }
}
