#!/usr/bin/env bash
# Random calls of all forms from many threads, each checked against the plain loop, first as they are and then under
# each fault of soak_faults.py: no threads to be had, little memory, few cores, signals, stops, forks. Some seconds
# each; for more, `ci/soak.sh --seconds 300`, and for some faults alone, `ci/soak.sh --seconds 300 stops signals`.
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$(cargo build --release -p parmap-bench --message-format=json-render-diagnostics |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1)
python3 ci/soak_faults.py "$binary" "$@"
