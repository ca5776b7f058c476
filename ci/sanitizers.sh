#!/usr/bin/env bash
# Memory that is used after it was freed, written beyond its end or never freed, in the engine's unit tests and in random
# programs of calls: AddressSanitizer with its leak check, on nightly. Skipped where there is no nightly.
set -euo pipefail
if ! rustc +nightly --version 2>/dev/null; then
    echo "skipped: no nightly toolchain, which the sanitizers need"
    exit 0
fi
host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR=target/asan PROPTEST_CASES="${PROPTEST_CASES:-500}"
cargo +nightly test --target "$host" -p parmap-core --lib
cargo +nightly test --target "$host" --test programs
