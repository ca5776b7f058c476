//! A picture whose rows are computed in parallel and written to a PNG file in order, as they are done.
//!
//! Rows cost very different times: those that cross the set take hundreds of steps a pixel, those above it a few. Workers
//! take them as they come, the serial end encodes them one after another, and no more rows are kept than are under way. The
//! program decodes the file and fails if a pixel is not that of the plain loop.
//!
//! ```text
//! cargo run --release --example mandelbrot
//! cargo run --release --example mandelbrot -- --out seahorses.png --at -0.7436,0.1318 --zoom 500 --steps 2000
//! ```
#![forbid(unsafe_code)]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{self, ExitCode},
    time::{Duration, Instant},
};

use clap::Parser;
use parmap::pipeline;
use png::{BitDepth, ColorType, Decoder, Encoder, EncodingError, Writer};

/// What to draw, and how.
#[derive(Parser)]
#[command(about = "Draws the Mandelbrot set, row by row, into a PNG file")]
struct Flags {
    /// The file, which is kept [default: a temporary one, which is not]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Pixels in a row
    #[arg(long, default_value = "1200", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    width: u32,
    /// Rows
    #[arg(long, default_value = "900", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    height: u32,
    /// The number in the middle of the picture, as its real and its imaginary part
    // Beside the real axis: upside down the picture must not be the same, or rows in a wrong order would not show.
    #[arg(long, default_value = "-0.65,0.1", value_parser = complex, allow_hyphen_values = true)]
    at: Complex,
    /// How many times larger than the whole set
    #[arg(long, default_value_t = 1.0)]
    zoom: f64,
    /// What has not escaped after this many steps is in the set
    #[arg(long, default_value_t = 500)]
    steps: u32,
    /// At most this many threads work, 0 for all cores
    #[arg(long, default_value_t = 0)]
    processes: usize,
    /// Each of the two ways is timed this many times, in turn
    #[arg(long, default_value = "3", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

#[derive(Clone, Copy)]
struct Complex {
    re: f64,
    im: f64,
}

fn complex(text: &str) -> Result<Complex, String> {
    let (re, im) = text.split_once(',').ok_or("two numbers with a comma between them are wanted")?;
    let part = |text: &str| text.trim().parse().map_err(|_| format!("`{text}` is no number"));
    Ok(Complex { re: part(re)?, im: part(im)? })
}

/// The height of the whole set, with a margin.
const HEIGHT: f64 = 2.6;
const BYTES_A_PIXEL: usize = 3;

/// Row `y` of the picture, counted from the top: red, green and blue of each pixel.
fn row(y: u32, picture: &Flags) -> Vec<u8> {
    let size = HEIGHT / picture.zoom / f64::from(picture.height);
    let from_middle = |place: u32, count: u32| f64::from(place) - f64::from(count - 1) / 2.0;
    let im = picture.at.im - size * from_middle(y, picture.height);
    let mut pixels = Vec::with_capacity(picture.width as usize * BYTES_A_PIXEL);
    for x in 0..picture.width {
        let re = picture.at.re + size * from_middle(x, picture.width);
        pixels.extend(colour(steps_to_escape(Complex { re, im }, picture.steps)));
    }
    pixels
}

/// After how many steps `z = z^2 + c`, begun at 0, is farther than 2 from 0; `None` if it is not after `most`.
fn steps_to_escape(c: Complex, most: u32) -> Option<u32> {
    let (mut re, mut im) = (0.0, 0.0);
    (0..most).find(|_| {
        (re, im) = (re * re - im * im + c.re, 2.0 * re * im + c.im);
        re * re + im * im > 4.0
    })
}

/// Black within the set; outside it the steps go round a circle of colours.
fn colour(steps: Option<u32>) -> [u8; BYTES_A_PIXEL] {
    let Some(steps) = steps else { return [0; BYTES_A_PIXEL] };
    // A wave that goes up and down once in 256 steps; the three colours are a third of it apart.
    [0, 85, 170].map(|shift| {
        let place = (8 * steps + shift) % 256;
        (2 * place.min(255 - place)) as u8
    })
}

/// Rows side by side, and the file from top to bottom.
fn draw(picture: &Flags, out: impl Write + Send) -> Result<(), EncodingError> {
    let mut file = png(picture, out)?;
    let mut pixels = file.stream_writer()?;
    pipeline!(
        0..picture.height,
        par(row, global = picture),
        for_each(|row| pixels.write_all(&row), try),
        processes = picture.processes
    )?;
    pixels.finish()?;
    file.finish()
}

/// What the pipeline is measured against. It keeps what it is checked against.
fn plain_loop(picture: &Flags, out: impl Write, kept: &mut Vec<u8>) -> Result<(), EncodingError> {
    let mut file = png(picture, out)?;
    let mut pixels = file.stream_writer()?;
    for y in 0..picture.height {
        let row = row(y, picture);
        pixels.write_all(&row)?;
        kept.extend(row);
    }
    pixels.finish()?;
    file.finish()
}

/// A PNG file that has its header.
fn png<W: Write>(picture: &Flags, out: W) -> Result<Writer<W>, EncodingError> {
    let mut encoder = Encoder::new(out, picture.width, picture.height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header()
}

fn read(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut reader = Decoder::new(BufReader::new(File::open(file)?)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("the picture does not fit in memory")?];
    reader.next_frame(&mut pixels)?;
    Ok(pixels)
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let (file, is_temporary) = match &flags.out {
        Some(file) => (file.clone(), false),
        None => (env::temp_dir().join(format!("mandelbrot-{}.png", process::id())), true),
    };
    let done = run(&flags, &file);
    if is_temporary {
        // It may not have come to a file, and there is nothing to be done about one that stays.
        let _ = fs::remove_file(&file);
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mandelbrot: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags, file: &Path) -> Result<(), Box<dyn Error>> {
    let in_file = |error: &dyn Error| format!("{}: {error}", file.display());
    let mut best = [Duration::MAX; 2];
    let mut bytes = 0;
    for _ in 0..flags.rounds {
        let mut expected = Vec::new();
        let start = Instant::now();
        plain_loop(flags, io::sink(), &mut expected)?;
        best[0] = best[0].min(start.elapsed());

        let start = Instant::now();
        let out = BufWriter::new(File::create(file).map_err(|error| in_file(&error))?);
        draw(flags, out).map_err(|error| in_file(&error))?;
        best[1] = best[1].min(start.elapsed());

        let found = read(file).map_err(|error| in_file(&*error))?;
        same(&expected, &found, flags)?;
        bytes = fs::metadata(file)?.len();
    }

    let [looped, piped] = best.map(|time| time.as_secs_f64());
    println!("picture        {} x {} pixels, {bytes} bytes of PNG", flags.width, flags.height);
    println!("pixels         each that of the plain loop");
    println!("plain loop     {:.3} ms, best of {} rounds", looped * 1e3, flags.rounds);
    println!("pipeline       {:.3} ms, best of {} rounds", piped * 1e3, flags.rounds);
    println!("speed-up       {:.2}", looped / piped);
    Ok(())
}

fn same(expected: &[u8], found: &[u8], picture: &Flags) -> Result<(), String> {
    if expected.len() != found.len() {
        return Err(format!("the plain loop made {} bytes, the file holds {}", expected.len(), found.len()));
    }
    match expected.iter().zip(found).position(|(a, b)| a != b) {
        None => Ok(()),
        Some(byte) => {
            let (pixel, width) = (byte / BYTES_A_PIXEL, picture.width as usize);
            Err(format!("pixel {} of row {} is not that of the plain loop", pixel % width, pixel / width))
        }
    }
}
