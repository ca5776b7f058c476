//! Lines of real text parsed in parallel, with `try`: all of them, or the error of the first line that is wrong.
//!
//! A line is an item, and its index tells its number. The lines of the flights out of New York in 2013 are parsed twice:
//! as a vector of lines, into a vector of flights, and as they are unpacked and read, into totals alone. Then three lines
//! are damaged. The program fails if a flight or a total differs from the plain loop's, or if any of many calls returns
//! the error of another line than the first of the three.
//!
//! ```text
//! cargo run --release --example parse_log
//! cargo run --release --example parse_log -- --runs 100
//! ```
#![forbid(unsafe_code)]

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
};

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use flate2::read::MultiGzDecoder;
use parmap::{Settings, each, par_map, parmap};

const FLIGHTS_2013: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/flights.csv.gz");
const HEADER: &str = "month,day,carrier,origin,dest,dep_delay,arr_delay,air_time,distance";
const MISSING: &str = "NA";
/// The number of the line below the header, with the header as number 1.
const FIRST_LINE: usize = 2;

/// What to parse, and how often.
#[derive(Parser)]
#[command(about = "Parses lines in parallel, and finds the first that is wrong")]
struct Flags {
    /// The damaged lines are parsed this many times at each width, in each of two ways
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// A gzipped file with lines like those of the default [default: the flights out of New York in 2013]
    #[arg(long, hide_default_value = true, default_value = FLIGHTS_2013)]
    file: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Flight {
    month: u8,
    day: u8,
    carrier: [u8; 2],
    origin: [u8; 3],
    destination: [u8; 3],
    /// In minutes, negative if early.
    departure_delay: Option<i16>,
    arrival_delay: Option<i16>,
    /// In minutes.
    air_time: Option<i16>,
    /// In miles.
    distance: u16,
}

/// A line that is no flight.
#[derive(Clone, Debug, PartialEq, Eq)]
struct BadLine {
    number: usize,
    what: String,
}

impl BadLine {
    fn at(index: usize, what: String) -> Self {
        BadLine { number: FIRST_LINE + index, what }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.number, self.what)
    }
}

impl Error for BadLine {}

/// Parses line `i`, counted from 0; called with many lines, a vector of all flights, or the error of the first bad line.
#[parmap(index = i, try)]
fn parse(line: &str, i: usize) -> Result<Flight, BadLine> {
    flight(line).map_err(|what| BadLine::at(i, what))
}

/// Adds up flights while their lines are read, without keeping either.
fn totals_of(lines: impl Iterator<Item = io::Result<String>> + Send) -> Result<Totals, BadLine> {
    par_map!(
        |line, i| {
            let line = line.map_err(|error| BadLine::at(i, error.to_string()))?;
            flight(&line).map_err(|what| BadLine::at(i, what))
        },
        each(lines),
        index = i,
        try,
        fold = (Totals::default(), |totals: Totals, flight| totals.with(&flight))
    )
}

/// What the parallel calls are checked against.
fn plain_loop(lines: &[&str]) -> Result<(Vec<Flight>, Totals), BadLine> {
    let (mut flights, mut totals) = (Vec::new(), Totals::default());
    for (i, line) in lines.iter().enumerate() {
        let flight = flight(line).map_err(|what| BadLine::at(i, what))?;
        totals = totals.with(&flight);
        flights.push(flight);
    }
    Ok((flights, totals))
}

fn flight(line: &str) -> Result<Flight, String> {
    let mut texts = line.split(',');
    let mut field = |name| match texts.next() {
        Some(text) => Ok(Field { name, text }),
        None => Err(format!("there is no {name}")),
    };
    let flight = Flight {
        month: field("month")?.number_up_to(12)?,
        day: field("day")?.number_up_to(31)?,
        carrier: field("carrier")?.code()?,
        origin: field("origin")?.code()?,
        destination: field("dest")?.code()?,
        departure_delay: field("dep_delay")?.unless_missing()?,
        arrival_delay: field("arr_delay")?.unless_missing()?,
        air_time: field("air_time")?.unless_missing()?,
        distance: field("distance")?.number()?,
    };
    match texts.next() {
        None => Ok(flight),
        Some(text) => Err(format!("there is more after the distance: `{text}`")),
    }
}

struct Field<'l> {
    name: &'static str,
    text: &'l str,
}

impl Field<'_> {
    fn number<N: FromStr>(&self) -> Result<N, String> {
        self.text.parse().map_err(|_| self.is_not("a number that fits"))
    }

    fn number_up_to(&self, most: u8) -> Result<u8, String> {
        match self.text.parse() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(self.is_not(&format!("a number from 1 to {most}"))),
        }
    }

    fn unless_missing(&self) -> Result<Option<i16>, String> {
        if self.text == MISSING { Ok(None) } else { self.number().map(Some) }
    }

    fn code<const N: usize>(&self) -> Result<[u8; N], String> {
        self.text.as_bytes().try_into().map_err(|_| self.is_not(&format!("a code of {N} letters")))
    }

    fn is_not(&self, what: &str) -> String {
        format!("`{}` in column {} is not {what}", self.text, self.name)
    }
}

/// By month, January first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Totals([Month; 12]);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Month {
    flights: u32,
    /// How many of them did not arrive, or not where they should.
    missing: u32,
    /// Of the others.
    delay: i64,
    latest: Option<i16>,
}

impl Totals {
    fn with(mut self, flight: &Flight) -> Self {
        let month = &mut self.0[usize::from(flight.month) - 1];
        month.flights += 1;
        match flight.arrival_delay {
            Some(delay) => {
                month.delay += i64::from(delay);
                month.latest = month.latest.max(Some(delay));
            }
            None => month.missing += 1,
        }
        self
    }
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parse_log: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    let unreadable = |error| format!("{}: {error}", flags.file.display());
    open(&flags.file)?.read_to_string(&mut text).map_err(unreadable)?;
    let lines: Vec<&str> = text.lines().collect();
    let (expected_flights, expected_totals) = plain_loop(&lines)?;

    // Lines in memory, as a collection: all flights.
    if parse(&lines)? != expected_flights {
        return Err("the vector's flights are not those of the plain loop".into());
    }
    // The same lines from an iterator, which need not know how many there are.
    if parse(each(text.lines()))? != expected_flights {
        return Err("the iterator's flights are not those of the plain loop".into());
    }
    // Lines as they come out of the file.
    if totals_of(open(&flags.file)?.lines())? != expected_totals {
        return Err("the totals are not those of the plain loop".into());
    }
    println!("{}", months(&expected_totals));
    println!();
    println!("{} flights, each that of the plain loop.", expected_flights.len());
    println!();
    find_damage(lines, flags.runs)
}

/// A file from below its header on.
fn open(path: &Path) -> Result<BufReader<MultiGzDecoder<File>>, Box<dyn Error>> {
    let in_file = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| in_file(&error))?;
    let mut reader = BufReader::new(MultiGzDecoder::new(file));
    let mut header = String::new();
    reader.read_line(&mut header).map_err(|error| in_file(&error))?;
    match header.trim_end() {
        HEADER => Ok(reader),
        other => Err(in_file(&format!("the header is `{other}`, and not `{HEADER}`")).into()),
    }
}

/// Damages three lines and parses them again and again: the error is always that of the first.
fn find_damage(mut lines: Vec<&str>, runs: usize) -> Result<(), Box<dyn Error>> {
    let third = lines.len() / 3;
    let damage = [
        (third, "2,1,UA,EWR,SFO,-3,1l,340,2565"),
        (third + 300, "2,1,UA,EWR,SFO,-3,11,340"),
        (2 * third, "9,1,UA,EWR,SFO,,11,340,2565"),
    ];
    println!("Three lines are damaged:");
    for (index, bad) in damage {
        *lines.get_mut(index).ok_or("there are too few lines to damage three")? = bad;
        println!("  line {}: {bad}", FIRST_LINE + index);
    }
    let expected = match plain_loop(&lines) {
        Ok(_) => return Err("the plain loop did not find the damage".into()),
        Err(bad_line) => bad_line,
    };
    println!("The plain loop says: {expected}");
    println!();

    let mut table = new_table(["processes", "order", "calls", "with this error"]);
    let widths = [1, 2, 3, 8].map(|processes| (processes, None));
    for (processes, shuffle) in widths.into_iter().chain([(3, Some(1))]) {
        let settings = Settings::new().processes(processes);
        let (settings, order) = match shuffle {
            Some(seed) => (settings.shuffle(seed), format!("shuffled by {seed}")),
            None => (settings, "as it comes".to_owned()),
        };
        let found = parmap::with(settings, || errors(&lines, runs))?;
        let right = found.get(&expected.number).copied().unwrap_or(0);
        table.add_row([processes.to_string(), order, (2 * runs).to_string(), right.to_string()]);
        if right != 2 * runs {
            return Err(format!("at {processes} threads the errors are of the lines (times) {found:?}").into());
        }
    }
    println!("{table}");
    Ok(())
}

/// How often each line's error is returned.
fn errors(lines: &[&str], runs: usize) -> Result<BTreeMap<usize, usize>, &'static str> {
    let mut found = BTreeMap::new();
    for _ in 0..runs {
        let owned = lines.iter().map(|&line| Ok(line.to_owned()));
        for error in [parse(lines).err(), totals_of(owned).err()] {
            let number = error.ok_or("a call did not find the damage")?.number;
            *found.entry(number).or_default() += 1;
        }
    }
    Ok(found)
}

fn months(totals: &Totals) -> Table {
    let mut table = new_table(["month", "flights", "not arrived", "mean delay", "latest"]);
    for (number, month) in (1..).zip(&totals.0) {
        let arrived = month.flights - month.missing;
        let mean = if arrived > 0 { format!("{:.2}", month.delay as f64 / f64::from(arrived)) } else { "-".to_owned() };
        let latest = month.latest.map_or("-".to_owned(), |minutes| minutes.to_string());
        let counts = [number, month.flights, month.missing].map(|count| count.to_string());
        table.add_row(counts.into_iter().chain([mean, latest]));
    }
    table
}

fn new_table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header(header);
    for number in table.column_iter_mut() {
        number.set_cell_alignment(CellAlignment::Right);
    }
    table
}
