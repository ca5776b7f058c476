//! Row 11: what parmap adds to a build.
//!
//! Little crates are written into a temporary folder and built by cargo: one that depends on this parmap, one that depends
//! on what parmap depends on and has anyway, rayon, syn, quote and proc-macro2, in the same versions. Then functions are
//! added to them. The folder is removed afterwards, also by a panic.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::Instant,
};

use super::Ask;
use crate::{
    capacity::Capacity,
    contest::Outcome,
    report::{Findings, Target, Verdict},
};

/// Of each build; the best counts.
const ROUNDS: usize = 2;
/// Functions of a crate.
const FUNCTIONS: [usize; 3] = [1, 10, 100];
/// Each with cargo's arguments for it.
const PROFILES: [(&str, &[&str]); 2] = [("dev", &[]), ("release", &["--release"])];
/// What a function consists of but for its number, and the call of it: by the loop, by parmap and by rayon.
const WAYS: [Way; 3] = [
    Way { name: "loop", package: "alone", attribute: "", call: "(0..n).map(f#).collect::<Vec<u64>>()" },
    Way { name: "parmap", package: "with_parmap", attribute: "#[parmap::parmap] ", call: "f#(0..n)" },
    Way {
        name: "rayon",
        package: "alone",
        attribute: "",
        call: "(0..n).into_par_iter().map(f#).collect::<Vec<u64>>()",
    },
];

/// A way to write a function that is mapped over a range.
struct Way {
    name: &'static str,
    /// The crate that it is written into.
    package: &'static str,
    attribute: &'static str,
    /// The call, where `#` stands for the function's number.
    call: &'static str,
}

/// Measures the builds.
pub(crate) fn run(_: Ask) -> Findings {
    let mut findings = Findings::default();
    let measured = Workshop::open().and_then(|workshop| {
        clean_builds(&workshop, &mut findings)?;
        functions(&workshop, &mut findings)
    });
    if let Err(why) = measured {
        findings.notes.push(format!("cut short: {why}"));
    }
    findings.notes.push("of a clean build, the loop is the crate without parmap".into());
    findings
        .notes
        .push("nothing is built incrementally, and syn as for a macro: not optimized, without symbols".into());
    findings
}

/// parmap's dependencies with and without it, from nothing.
fn clean_builds(workshop: &Workshop, findings: &mut Findings) -> Result<(), String> {
    for (profile, arguments) in PROFILES {
        let mut rounds = [Vec::new(), Vec::new()];
        let mut capacity = Capacity::new();
        for round in 0..ROUNDS {
            for turn in 0..2 {
                let number = (round + turn) % 2;
                let package = ["alone", "with_parmap"][number];
                workshop.forget(package)?;
                rounds[number].push(workshop.build(package, arguments)?);
            }
            capacity.read();
        }
        let [alone, parmap] = rounds;
        let job = format!("clean build, {profile}");
        let outcome = Outcome::of(job.clone(), alone, [("parmap", parmap)], &capacity);
        let what = format!("{job}, over rayon, syn, quote and proc-macro2");
        findings.verdicts.push(Verdict::new(what, outcome.tax() / 1e9, Target::AtMost(1.5), " s"));
        findings.outcomes.push(outcome);
    }
    Ok(())
}

/// A crate of some functions, its dependencies built before.
fn functions(workshop: &Workshop, findings: &mut Findings) -> Result<(), String> {
    for (profile, arguments) in PROFILES {
        for package in ["alone", "with_parmap"] {
            workshop.build(package, arguments)?;
        }
        let mut outcomes = Vec::new();
        for count in FUNCTIONS {
            let mut rounds = [const { Vec::new() }; WAYS.len()];
            let mut capacity = Capacity::new();
            for round in 0..ROUNDS {
                for turn in 0..WAYS.len() {
                    let number = (round + turn) % WAYS.len();
                    workshop.write(&WAYS[number], count)?;
                    rounds[number].push(workshop.build(WAYS[number].package, arguments)?);
                }
                capacity.read();
            }
            let noun = if count == 1 { "function" } else { "functions" };
            let mut rounds = WAYS.iter().map(|way| way.name).zip(rounds);
            let (_, plain) = rounds.next().expect("the loop is the first");
            outcomes.push(Outcome::of(format!("crate of {count} {noun}, {profile}"), plain, rounds, &capacity));
        }
        let [few, .., many] = &outcomes[..] else { unreachable!("there are three numbers of functions") };
        let more = (FUNCTIONS[FUNCTIONS.len() - 1] - FUNCTIONS[0]) as f64;
        for name in ["loop", "parmap", "rayon"] {
            let best = |outcome: &Outcome| if name == "loop" { outcome.plain.best } else { outcome.times(name).best };
            let what = format!("build time of a function more, {profile}, {name}");
            let each = (best(many) - best(few)) / more / 1e6;
            findings.verdicts.push(Verdict::new(what, each, Target::Shown, " ms"));
        }
        findings.outcomes.append(&mut outcomes);
    }
    Ok(())
}

/// The folder with the crates `alone` and `with_parmap`, while this lives.
struct Workshop {
    folder: PathBuf,
    /// Cargo need not ask the registry.
    offline: bool,
}

impl Drop for Workshop {
    /// What cannot be removed lies in the folder for temporary files.
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workshop {
    /// # Errors
    ///
    /// If parmap's source is not where it was when this program was built, there is no cargo, or the dependencies cannot
    /// be had; in words.
    fn open() -> Result<Self, String> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folder = env::temp_dir().join(format!("parmap-bench-{}", process::id()));
        let mut workshop = Workshop { folder, offline: true };
        let manifest = |package: &str| read(&workspace.join(package).join("Cargo.toml"));
        let rayon = manifest(".")?;
        let rayon = rayon.lines().find(|line| line.starts_with("rayon =")).ok_or("the workspace names no rayon")?;
        let macros = manifest("parmap-macros")?;
        let macros = macros.lines().skip_while(|line| *line != "[dependencies]").skip(1);
        let macros: Vec<_> = macros.take_while(|line| !line.starts_with('[') && !line.is_empty()).collect();
        let mut alone = format!("{rayon}\n{}\n", macros.join("\n"));
        // As cargo's defaults for macros and what they depend on, which is what these are to parmap.
        let names = macros.iter().filter_map(|line| line.split_once(" =")).map(|(name, _)| name);
        for name in names.chain(["unicode-ident"]) {
            for (profile, _) in PROFILES {
                let settings = "opt-level = 0\ncodegen-units = 256\ndebug = false";
                write!(alone, "[profile.{profile}.package.{name}]\n{settings}\n")
                    .expect("a string takes what is written");
            }
        }
        let parmap = workspace.canonicalize().map_err(|error| error.to_string())?;
        for (package, dependencies) in
            [("alone", alone), ("with_parmap", format!("parmap = {{ path = {parmap:?} }}\n"))]
        {
            let folder = workshop.folder.join(package);
            let head = format!("[package]\nname = \"{package}\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n");
            fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
            written(&folder.join("Cargo.toml"), &(head + &dependencies))?;
            written(&folder.join("src/main.rs"), "fn main() {}\n")?;
            written(&folder.join("Cargo.lock"), &read(&workspace.join("Cargo.lock"))?)?;
            if workshop.cargo(package, &["fetch"]).is_err() {
                workshop.offline = false;
                workshop.cargo(package, &["fetch"])?;
            }
        }
        Ok(workshop)
    }

    /// A crate of so many functions, written in a way.
    fn write(&self, Way { package, attribute, call, .. }: &Way, count: usize) -> Result<(), String> {
        let mut source = String::from("use std::env::args;\n");
        if call.contains("into_par_iter") {
            source += "use rayon::prelude::*;\n";
        }
        let (mut functions, mut calls) = (String::new(), String::new());
        for number in 1..=count {
            functions += &format!("{attribute}fn f{number}(x: u64) -> u64 {{ x.wrapping_mul({number}) ^ (x >> 3) }}\n");
            calls += &format!("    sum += {}.iter().sum::<u64>();\n", call.replace('#', &number.to_string()));
        }
        source += &functions;
        source += "fn main() {\n    let n = args().count() as u64;\n    let mut sum = 0;\n";
        source += &calls;
        source += "    println!(\"{sum}\");\n}\n";
        written(&self.folder.join(package).join("src/main.rs"), &source)
    }

    /// Removes all that was built for a crate.
    fn forget(&self, package: &str) -> Result<(), String> {
        match fs::remove_dir_all(self.folder.join(package).join("target")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        }
    }

    /// Builds a crate. The time in nanoseconds.
    fn build(&self, package: &str, arguments: &[&str]) -> Result<f64, String> {
        let began = Instant::now();
        self.cargo(package, &[&["build"], arguments].concat())?;
        Ok(began.elapsed().as_secs_f64() * 1e9)
    }

    /// Runs cargo on a crate, without what the environment says of other builds.
    fn cargo(&self, package: &str, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command.args(arguments).arg("--quiet").args(self.offline.then_some("--offline"));
        let folder = self.folder.join(package);
        command.env("CARGO_TARGET_DIR", folder.join("target")).env("CARGO_INCREMENTAL", "0").current_dir(folder);
        for name in ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET_DIR"] {
            command.env_remove(name);
        }
        let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cargo: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let words = String::from_utf8_lossy(&output.stderr);
        Err(format!("cargo {} in `{package}`: {}", arguments.join(" "), words.trim()))
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn written(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
