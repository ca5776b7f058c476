//! Compiles the OpenMP loops that parmap is compared with, where there is GCC and its libgomp.
//!
//! Sets the cfg `openmp` if they can be linked. If not, the benchmark does without, and `OPENMP_LEFT_OUT` says why.

use std::{env, ffi::OsString, path::PathBuf, process::Command};

const SOURCE: &str = "src/peers/openmp.c";
const LIBRARY: &str = "parmap_openmp";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-env-changed=CC");
    println!("cargo::rustc-check-cfg=cfg(openmp)");
    match openmp() {
        Ok(folder) => {
            println!("cargo::rustc-link-search=native={}", folder.display());
            println!("cargo::rustc-link-lib=static={LIBRARY}");
            println!("cargo::rustc-link-lib=gomp");
            println!("cargo::rustc-cfg=openmp");
        }
        Err(why) => {
            println!("cargo::warning=OpenMP is left out: {why}");
            println!("cargo::rustc-env=OPENMP_LEFT_OUT={why}");
        }
    }
}

/// The folder of the library.
///
/// # Errors
///
/// What is missing here, in one line.
fn openmp() -> Result<PathBuf, String> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    let mut build = cc::Build::new();
    if env::var_os("CC").is_none() {
        build.compiler("gcc");
    }
    build.file(SOURCE).flag("-fopenmp").opt_level(3).debug(false).cargo_metadata(false).cargo_warnings(false);
    build.try_compile(LIBRARY).map_err(|_| "$CC, or gcc, does not compile it".to_owned())?;
    // The final link must not fail. It needs what a shared object of all of the library needs that leaves nothing open.
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| OsString::from("cc"));
    let linked = Command::new(&linker)
        .args(["-shared", "-Wl,--no-undefined", "-Wl,--whole-archive"])
        .arg(folder.join(format!("lib{LIBRARY}.a")))
        .args(["-Wl,--no-whole-archive", "-lgomp", "-o"])
        .arg(folder.join("probe.so"))
        .output();
    if linked.is_ok_and(|linked| linked.status.success()) {
        Ok(folder)
    } else {
        Err(format!("{linker:?} does not link it with libgomp"))
    }
}
