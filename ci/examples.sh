#!/usr/bin/env bash
# The examples check what they print; here they run, the larger ones at a part of their size.
set -euo pipefail
cargo run --release --example section_sum -- --rows 10000 --section 100
cargo run --release --example flights
cargo run --release --example methods
cargo run --release --example normalize -- --rows 400
cargo run --release --example best_parameters -- --years 5
cargo run --release --example parse_log -- --runs 1
cargo run --release --example stable_bits -- --runs 5
cargo run --release --example word_count -- --repeat 100 --block 8192 --rounds 1
cargo run --release --example csv_pipeline -- --rounds 1
cargo run --release --example mandelbrot -- --width 300 --height 200 --rounds 1
