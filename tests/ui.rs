//! What the compiler says to mistakes in an annotation, one rule a file, and the shapes of functions it must accept.
//!
//! Run with `cargo test --test ui`. The messages are those of one compiler version, so a plain `cargo test` leaves them
//! out. `TRYBUILD=overwrite cargo test --test ui` writes them anew; read the difference.

use std::{fs, path::PathBuf};

#[test]
fn mistakes_and_accepted_shapes() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

#[test]
fn every_mistake_is_one_error() {
    let sources = files("rs");
    assert!(!sources.is_empty(), "no mistakes found");
    for source in sources {
        let message = fs::read_to_string(source.with_extension("stderr")).unwrap_or_default();
        let mut errors: Vec<_> = message.lines().filter(|line| line.starts_with("error")).collect();
        if source.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("call_")) {
            // What is wrong with an argument, the compiler may say again of the call as a whole.
            errors.dedup();
        }
        assert_eq!(errors.len(), 1, "{} has these errors: {errors:#?}", source.display());
    }
}

#[test]
fn every_message_has_its_mistake() {
    for message in files("stderr") {
        assert!(message.with_extension("rs").exists(), "{} belongs to no file", message.display());
    }
}

fn files(extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/ui/fail").expect("tests run in the package's folder");
    let paths = entries.map(|entry| entry.expect("the folder should be readable").path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}
