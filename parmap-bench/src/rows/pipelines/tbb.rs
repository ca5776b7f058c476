//! oneTBB's parallel_pipeline, in a process of its own that lives as long as the benchmark: its start is in no time,
//! its threads sleep during the others' turns, and no Rust code calls C++.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::streams::Shape;

/// One item a token, and many.
pub(crate) const CONTENDERS: [&str; 2] = ["TBB", "TBB, batches"];

/// The process; it ends when its input does.
pub(crate) struct Tbb {
    /// `None` only as it is dropped.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    process: Child,
}

impl Tbb {
    /// Compiles the program, beside the benchmark's own, and starts it.
    ///
    /// # Errors
    ///
    /// What is missing here, in the words of the compiler or of the system.
    pub(crate) fn start() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?.with_file_name("parmap-bench-tbb");
        let compiler = env::var("CXX").unwrap_or_else(|_| "g++".to_owned());
        let mut compiling = Command::new(&compiler)
            .args(["-std=c++17", "-O3", "-x", "c++", "-", "-ltbb", "-o"])
            .arg(&program)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{compiler}: {error}"))?;
        // A compiler that has given up does not read to the end, and says why.
        let _ = compiling.stdin.take().map(|mut input| input.write_all(include_bytes!("tbb.cpp")));
        let mut said = String::new();
        let _ = compiling.stderr.take().map(|mut errors| errors.read_to_string(&mut said));
        if !compiling.wait().is_ok_and(|status| status.success()) {
            return Err(said.lines().find(|line| line.contains("error")).unwrap_or("it does not compile").to_owned());
        }
        let mut process = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let answers = BufReader::new(process.stdout.take().expect("it is piped"));
        Ok(Tbb { orders: process.stdin.take(), answers, process })
    }

    /// Runs a stream so many times: the checksum, and what one time took in nanoseconds.
    ///
    /// # Panics
    ///
    /// If the process is gone.
    pub(crate) fn run(&mut self, shape: Shape, steps: u32, items: u64, batch: usize, calls: u32) -> (u64, f64) {
        let shape = match shape {
            Shape::Par => "par",
            Shape::ParSerialPar => "par_serial_par",
        };
        let orders = self.orders.as_mut().expect("it is not dropped yet");
        writeln!(orders, "{shape} {steps} {items} {batch} {calls}").expect("TBB's process reads");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("TBB's process answers");
        let (checksum, ns) = answer.trim().split_once(' ').expect("two numbers");
        (checksum.parse().expect("a number"), ns.parse().expect("a number"))
    }
}

impl Drop for Tbb {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.process.wait();
    }
}
