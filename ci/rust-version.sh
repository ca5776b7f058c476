#!/usr/bin/env bash
# The crates build with the oldest Rust that they name. Where that is installed they are built with it. Where it is not, what
# can be seen without it is checked: that they use nothing of the standard library that is newer, no syntax that is, and
# that no package they need, at the version in the lock file, says that it needs a newer one.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/network.bash
fetch "what the crates need of Rust is not looked at" cargo fetch --quiet --locked
crates=(-p parmap -p parmap-core -p parmap-macros)
oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

if cargo "+$oldest" --version >/dev/null 2>&1; then
    CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/rust-version" cargo "+$oldest" check --locked "${crates[@]}" --all-features
else
    echo "skipped: nothing is built with Rust $oldest, which is not installed"
fi

cargo clippy "${crates[@]}" --all-features -- -D clippy::incompatible_msrv
python3 ci/rust-version.py "$oldest"
