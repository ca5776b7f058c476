#!/usr/bin/env bash
# The gate, the slots and the runs given back, in every interleaving (parmap-core/src/models.rs). In a folder of its own,
# since the flag builds everything anew.
set -euo pipefail
RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test -p parmap-core --lib --release models
