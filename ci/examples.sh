#!/usr/bin/env bash
# The examples check what they print; here they run, the largest at a hundredth of its size.
set -euo pipefail
cargo run --release --example section_sum -- --rows 10000 --section 100
cargo run --release --example flights
cargo run --release --example methods
