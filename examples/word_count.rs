//! The most frequent words of a text: blocks of lines counted in parallel, their counts added up in order.
//!
//! A block is an item, not a line or a word. Adding up is done by one worker at a time, so it had better be little: of
//! each block it adds as many counts as there are different words, and in larger blocks more words are the same. The
//! program fails if one count differs from that of a plain loop, which counts the whole text into one map.
//!
//! ```text
//! cargo run --release --example word_count
//! cargo run --release --example word_count -- a_larger_text.txt --top 20
//! ```
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    error::Error,
    fs,
    hint::black_box,
    iter,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use parmap::pipeline;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
/// How often the README is repeated, unless told otherwise.
const README_REPEATS: usize = 1_000;

/// What to count, and how.
#[derive(Parser)]
#[command(about = "Counts the words of a text in parallel")]
struct Flags {
    /// The text [default: the README, many times over]
    file: Option<PathBuf>,
    /// The text is repeated this many times in memory [default: 1 for a file of your own, 1000 for the README]
    #[arg(long, value_parser = positive)]
    repeat: Option<usize>,
    /// Show this many words
    #[arg(long, default_value_t = 10)]
    top: usize,
    /// Bytes of a block, more or less: it ends with a line
    #[arg(long, default_value = "262144", value_parser = positive)]
    block: usize,
    /// At most this many threads count, 0 for all cores
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// Each of the two ways is timed this many times, in turn
    #[arg(long, default_value = "5", value_parser = positive)]
    rounds: usize,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

/// How often each word occurs, in lower case.
type Counts = HashMap<String, usize>;

/// Counts block by block: each worker with a buffer of its own, and all into one map at the end.
fn count(text: &str, block: usize, processes: usize) -> Counts {
    pipeline!(
        blocks(text, block),
        par(
            |block, word| {
                let mut counts = Counts::new();
                add_words(&mut counts, block, word);
                counts
            },
            local(word = String::new())
        ),
        fold(Counts::new(), add_counts),
        processes = processes
    )
}

/// What the pipeline is checked against, and measured against.
fn plain_loop(text: &str) -> Counts {
    let (mut counts, mut word) = (Counts::new(), String::new());
    add_words(&mut counts, text, &mut word);
    counts
}

/// Cuts a text into blocks of at least `size` bytes, except for the last, behind ends of lines.
fn blocks(text: &str, size: usize) -> impl Iterator<Item = &str> + Send {
    let mut rest = text;
    iter::from_fn(move || {
        let behind = rest.as_bytes().iter().skip(size - 1).position(|&byte| byte == b'\n');
        let (block, others) = rest.split_at(behind.map_or(rest.len(), |more| size + more));
        rest = others;
        (!block.is_empty()).then_some(block)
    })
}

/// Counts the words of a text. The buffer holds one word at a time: only a word that is new is allocated.
fn add_words(counts: &mut Counts, text: &str, word: &mut String) {
    for written in text.split(|letter: char| !letter.is_alphanumeric()).filter(|written| !written.is_empty()) {
        word.clear();
        word.extend(written.chars().flat_map(char::to_lowercase));
        match counts.get_mut(word.as_str()) {
            Some(count) => *count += 1,
            None => {
                counts.insert(word.clone(), 1);
            }
        }
    }
}

fn add_counts(mut counts: Counts, more: Counts) -> Counts {
    if counts.is_empty() {
        return more;
    }
    for (word, count) in more {
        *counts.entry(word).or_default() += count;
    }
    counts
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("word_count: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let (file, repeats) = match &flags.file {
        Some(file) => (file.clone(), 1),
        None => (PathBuf::from(README), README_REPEATS),
    };
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let text = text.repeat(flags.repeat.unwrap_or(repeats));

    let mut best = [Duration::MAX; 2];
    let mut found = [Counts::new(), Counts::new()];
    for _ in 0..flags.rounds {
        (found[0], best[0]) = timed(|| plain_loop(black_box(&text)), best[0]);
        (found[1], best[1]) = timed(|| count(black_box(&text), flags.block, flags.processes), best[1]);
        same(&found[0], &found[1])?;
    }
    println!("{}", most_frequent(&found[1], flags.top));
    println!();

    let (words, different) = (found[1].values().sum::<usize>(), found[1].len());
    let [looped, piped] = best.map(|time| time.as_secs_f64());
    println!("text           {:.1} MB", text.len() as f64 / 1e6);
    println!("words          {words}, of which {different} are different, each counted as by the plain loop");
    println!("plain loop     {:.3} ms, best of {} rounds", looped * 1e3, flags.rounds);
    println!("pipeline       {:.3} ms, best of {} rounds", piped * 1e3, flags.rounds);
    println!("speed-up       {:.2}", looped / piped);
    Ok(())
}

/// The result of `work`, and the time it took or `best`, whichever is less.
fn timed<R>(work: impl FnOnce() -> R, best: Duration) -> (R, Duration) {
    let start = Instant::now();
    let result = work();
    (result, best.min(start.elapsed()))
}

fn same(expected: &Counts, found: &Counts) -> Result<(), String> {
    let all = expected.keys().chain(found.keys());
    match all.map(|word| (word, expected.get(word), found.get(word))).find(|(_, a, b)| a != b) {
        None => Ok(()),
        Some((word, expected, found)) => {
            let [expected, found] = [expected, found].map(|count| count.copied().unwrap_or(0));
            Err(format!("`{word}`: the plain loop counts {expected}, the pipeline {found}"))
        }
    }
}

/// Of words that are as frequent as each other, the first by their letters comes first.
fn most_frequent(counts: &Counts, top: usize) -> Table {
    let mut words: Vec<(&String, &usize)> = counts.iter().collect();
    words.sort_by(|(one, once), (other, twice)| twice.cmp(once).then(one.cmp(other)));

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(["word", "count"]);
    for (word, count) in words.into_iter().take(top) {
        table.add_row([word, &count.to_string()]);
    }
    for number in table.column_iter_mut().skip(1) {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}
