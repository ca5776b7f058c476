#!/usr/bin/env bash
# With the feature `progress` the option is taken and the bar counts items; without it (the UI tests) it is refused.
set -euo pipefail
cargo clippy -p parmap -p parmap-core -p parmap-macros --features parmap/progress --all-targets -- -D warnings
cargo test -p parmap-core --features progress --lib progress
cargo test -p parmap-macros --features progress --lib
