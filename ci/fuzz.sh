#!/usr/bin/env bash
# The macros on any text (fuzz/fuzz_targets/options.rs) and the schedule's arithmetic on any numbers (schedule.rs), each
# for some seconds from the inputs in fuzz/seeds. `ci/fuzz.sh options 600` tries one of them for ten minutes. What is
# found in one run is begun with in the next, and an input that fails is left in target/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=${1:-options schedule}
seconds=${2:-20}
machine=$(rustc -vV | sed -n 's/^host: //p')
folder=${CARGO_TARGET_DIR:-$PWD/target}/fuzz

# Whatever else is wrong there is no reason to do without.
cargo metadata --no-deps --format-version 1 --manifest-path fuzz/Cargo.toml >/dev/null
if ! cargo fetch --quiet --locked --manifest-path fuzz/Cargo.toml --target "$machine"; then
    echo "skipped: the fuzzer cannot be fetched without a network"
    exit 0
fi
if ! c++ --version >/dev/null 2>&1; then
    echo "skipped: the fuzzer is written in C++, and there is no compiler for that"
    exit 0
fi

# What tells the fuzzer which branches were taken; any toolchain has it. Build scripts go without, as there is a
# `--target`.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-pc-table"
coverage+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="$coverage -Ccodegen-units=1" \
    cargo build --locked --release --manifest-path fuzz/Cargo.toml --target "$machine" --target-dir "$folder"

for target in $targets; do
    mkdir -p "$folder/corpus/$target" "$folder/found"
    dictionary=()
    [ "$target" = options ] && dictionary=(-dict=fuzz/options.dict)
    log=$folder/$target.log
    if ! "$folder/$machine/release/$target" "$folder/corpus/$target" "fuzz/seeds/$target" "${dictionary[@]}" \
        -max_total_time="$seconds" -max_len=300 -timeout=20 -artifact_prefix="$folder/found/" >"$log" 2>&1; then
        tail -n 100 "$log"
        exit 1
    fi
    echo "$target: $(grep "^#.*DONE" "$log"), nothing found"
done
