#!/usr/bin/env bash
# The gate, the slots, the runs given back (parmap-core/src/models.rs) and the fold, in every interleaving. In a folder of
# its own, since the flag builds everything anew.
set -euo pipefail
RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test -p parmap-core --lib --release models
