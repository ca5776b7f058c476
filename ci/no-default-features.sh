#!/usr/bin/env bash
# Without rayon everything compiles, and every call runs on its caller.
set -euo pipefail
cargo test -p parmap --no-default-features
if cargo tree -p parmap --no-default-features --edges normal | grep -q rayon; then
    echo "rayon is still among the dependencies"
    exit 1
fi
