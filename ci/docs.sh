#!/usr/bin/env bash
# A broken link in the documentation is an error.
set -euo pipefail
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
