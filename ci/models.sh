#!/usr/bin/env bash
# Threads in every interleaving, and in random ones: the gate, the slots, runs given back, failures, the fold and the turns
# of batches under loom (parmap-core/src/models.rs and at the end of those files), whole calls and pipelines under shuttle
# (whole_calls.rs and its folder; PARMAP_SCHEDULES says how many schedules for each test). In folders of their own, since
# the flags build everything anew.
set -euo pipefail
RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test -p parmap-core --lib --release models
RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=target/shuttle cargo test -p parmap-core --lib --release whole_calls
