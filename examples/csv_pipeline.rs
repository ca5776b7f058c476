//! A compressed table, read, parsed, filtered and summed up as it streams by: in bounded memory, line by line in order.
//!
//! The source unpacks the file and cuts it into lines; lines are parsed in parallel, with `try`, and flights that never
//! arrived are left out. The stages behind that depend on order: each delay is forecast from the delays before it at the
//! same airport, and the table's means and deviations are running ones, of floating-point numbers. The plain program is an
//! iterator chain of the same functions. The program fails if its own output differs from that one's by a byte.
//!
//! ```text
//! cargo run --release --example csv_pipeline
//! cargo run --release --example csv_pipeline -- carrier --processes 2
//! ```
#![forbid(unsafe_code)]

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use flate2::read::MultiGzDecoder;
use parmap::pipeline;

const FLIGHTS_2013: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/flights.csv.gz");
const MISSING: &str = "NA";
/// The number of the line below the header, with the header as number 1.
const FIRST_LINE: usize = 2;
/// How much of a forecast is the delay that was seen last.
const SMOOTHING: f64 = 0.1;

/// What to read, and how.
#[derive(Parser)]
#[command(about = "Sums up a compressed table of flights while it is read")]
struct Flags {
    /// The column whose values are the lines of the table
    #[arg(default_value = "origin")]
    by: String,
    /// At most this many threads work, 0 for all cores
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// Each of the two ways is timed this many times, in turn
    #[arg(long, default_value = "5", value_parser = positive)]
    rounds: usize,
    /// A gzipped CSV file with columns like those of the default [default: the flights out of New York in 2013]
    #[arg(long, hide_default_value = true, default_value = FLIGHTS_2013)]
    file: PathBuf,
}

fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(error.to_string()),
    }
}

/// A text of at most 8 bytes, such as the code of an airport; the first is the highest, so that codes are ordered as texts.
///
/// It has no memory of its own. A `String` would be made by one thread and freed by another, flight by flight, and to
/// bring that about threads wait for each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Code(u64);

impl Code {
    fn of(text: &str) -> Result<Self, String> {
        let mut bytes = [0; 8];
        let place = bytes.get_mut(..text.len()).ok_or_else(|| format!("`{text}` is longer than 8 bytes"))?;
        place.copy_from_slice(text.as_bytes());
        Ok(Code(u64::from_be_bytes(bytes)))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(String::from_utf8_lossy(&self.0.to_be_bytes()).trim_end_matches('\0'))
    }
}

struct Flight {
    key: Code,
    origin: Code,
    /// At arrival, in minutes, negative if early; `None` if it never arrived.
    delay: Option<f64>,
    /// In miles an hour, over the whole way.
    speed: f64,
}

/// A line that is no flight.
#[derive(Debug)]
struct BadLine {
    number: usize,
    what: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.number, self.what)
    }
}

impl Error for BadLine {}

/// Which columns are needed, by their places.
struct Columns {
    key: usize,
    origin: usize,
    delay: usize,
    air_time: usize,
    distance: usize,
}

impl Columns {
    fn of(header: &str, by: &str) -> Result<Self, String> {
        let place = |name| {
            let found = header.split(',').position(|column| column == name);
            found.ok_or_else(|| format!("there is no column `{name}`; the columns are {}", header.replace(',', ", ")))
        };
        Ok(Columns {
            key: place(by)?,
            origin: place("origin")?,
            delay: place("arr_delay")?,
            air_time: place("air_time")?,
            distance: place("distance")?,
        })
    }
}

type Line = (usize, io::Result<String>);

/// A parallel stage.
fn parse((number, line): Line, columns: &Columns) -> Result<Flight, BadLine> {
    line.map_err(|error| error.to_string())
        .and_then(|line| flight(&line, columns))
        .map_err(|what| BadLine { number, what })
}

/// What a line of a file without quotes says: its fields are what stands between commas.
fn flight(line: &str, columns: &Columns) -> Result<Flight, String> {
    let field = |place| line.split(',').nth(place).ok_or_else(|| format!("there are no {} fields", place + 1));
    let number = |place| match field(place)? {
        MISSING => Ok(None),
        text => text.parse::<f64>().map(Some).map_err(|_| format!("`{text}` is neither a number nor {MISSING}")),
    };
    let [minutes, miles] = [number(columns.air_time)?, number(columns.distance)?];
    Ok(Flight {
        key: Code::of(field(columns.key)?)?,
        origin: Code::of(field(columns.origin)?)?,
        delay: number(columns.delay)?,
        speed: miles.zip(minutes).map_or(0.0, |(miles, minutes)| 60.0 * miles / minutes),
    })
}

/// A parallel stage.
fn arrived(flight: &Flight) -> bool {
    flight.delay.is_some()
}

/// An arrival, and how far off the delay was that the flights before it let expect.
struct Arrival {
    key: Code,
    delay: f64,
    surprise: f64,
    speed: f64,
}

/// Delays expected at each airport: of all delays so far, the later ones counting for more.
#[derive(Default)]
struct Forecast(HashMap<Code, f64>);

impl Forecast {
    /// A serial stage: what it gives depends on all flights before.
    fn compare(&mut self, flight: Flight) -> Option<Arrival> {
        let Flight { key, origin, delay, speed } = flight;
        let delay = delay?;
        let expected = self.0.entry(origin).or_insert(delay);
        let surprise = (delay - *expected).abs();
        *expected += SMOOTHING * (delay - *expected);
        Some(Arrival { key, delay, surprise, speed })
    }
}

/// Number, mean and spread of numbers that come one after another, by Welford's method (1962).
#[derive(Clone, Default)]
struct Running {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Running {
    fn add(&mut self, x: f64) {
        self.count += 1;
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (x - self.mean);
    }

    fn deviation(&self) -> f64 {
        (self.squares / self.count as f64).sqrt()
    }
}

#[derive(Default)]
struct Summary {
    delay: Running,
    surprise: Running,
    speed: Running,
}

type Summaries = BTreeMap<Code, Summary>;

/// The end, in the order of the file.
fn add(mut summaries: Summaries, arrival: Arrival) -> Summaries {
    let summary = summaries.entry(arrival.key).or_default();
    summary.delay.add(arrival.delay);
    summary.surprise.add(arrival.surprise);
    summary.speed.add(arrival.speed);
    summaries
}

fn summarize(file: &Path, by: &str, processes: usize) -> Result<Summaries, Box<dyn Error>> {
    let (lines, columns) = open(file, by)?;
    let mut forecast = Forecast::default();
    let summaries = pipeline!(
        lines,
        par(parse, global = &columns, try),
        par_filter(arrived),
        serial_filter_map(|flight| forecast.compare(flight)),
        fold(Summaries::new(), add),
        processes = processes
    )?;
    Ok(summaries)
}

/// What the pipeline is checked against, and measured against.
fn plain_program(file: &Path, by: &str) -> Result<Summaries, Box<dyn Error>> {
    let (mut lines, columns) = open(file, by)?;
    let mut forecast = Forecast::default();
    let summaries = lines.try_fold(Summaries::new(), |summaries, line| {
        let flight = Some(parse(line, &columns)?).filter(arrived);
        let arrival = flight.and_then(|flight| forecast.compare(flight));
        Ok::<_, BadLine>(arrival.into_iter().fold(summaries, add))
    })?;
    Ok(summaries)
}

/// The lines below the header, each with its number, as they are unpacked.
fn open(path: &Path, by: &str) -> Result<(impl Iterator<Item = Line> + Send, Columns), Box<dyn Error>> {
    let mut reader = BufReader::new(MultiGzDecoder::new(File::open(path)?));
    let mut header = String::new();
    reader.read_line(&mut header)?;
    let columns = Columns::of(header.trim_end(), by)?;
    Ok(((FIRST_LINE..).zip(reader.lines()), columns))
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("csv_pipeline: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let in_file = |error| format!("{}: {error}", flags.file.display());
    let mut best = [Duration::MAX; 2];
    let mut output = String::new();
    for _ in 0..flags.rounds {
        let (expected, found);
        (expected, best[0]) = timed(|| plain_program(&flags.file, &flags.by), best[0]);
        (found, best[1]) = timed(|| summarize(&flags.file, &flags.by, flags.processes), best[1]);
        let expected = table(&flags.by, &expected.map_err(in_file)?).to_string();
        output = table(&flags.by, &found.map_err(in_file)?).to_string();
        if output != expected {
            return Err(format!("the pipeline prints\n{output}\nwhere the plain program prints\n{expected}").into());
        }
    }
    println!("{output}");
    println!();

    let [looped, piped] = best.map(|time| time.as_secs_f64());
    println!("Delays and surprises are in minutes, speeds in miles an hour; every byte is the plain program's.");
    println!();
    println!("plain program  {:.3} ms, best of {} rounds", looped * 1e3, flags.rounds);
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

/// A line a key: numbers in ascending order (the months), then everything else by its letters (the airports). With all
/// digits, so that one that differed in its last bit would show.
fn table(by: &str, summaries: &Summaries) -> Table {
    let mut lines: Vec<(&Code, &Summary)> = summaries.iter().collect();
    lines.sort_by_key(|(key, _)| (key.to_string().parse().unwrap_or(u64::MAX), *key));

    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header([by, "arrivals", "mean delay", "deviation", "mean surprise", "mean speed"]);
    for (key, Summary { delay, surprise, speed }) in lines {
        let numbers = [delay.mean, delay.deviation(), surprise.mean, speed.mean].map(|number| number.to_string());
        table.add_row([key.to_string(), delay.count.to_string()].into_iter().chain(numbers));
    }
    for number in table.column_iter_mut().skip(1) {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}
