#!/usr/bin/env bash
# The format is rustfmt's, so that no diff is about spaces.
set -euo pipefail
cargo fmt --all --check
