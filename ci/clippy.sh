#!/usr/bin/env bash
# Lints are errors: on every target of every member, and on what is left without the default features.
set -euo pipefail
cargo clippy --workspace --all-targets -- -D warnings
cargo clippy -p parmap --no-default-features --all-targets -- -D warnings
