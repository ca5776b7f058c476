#!/usr/bin/env bash
# Which lines of parmap-core and parmap-macros run in the test suite, file by file, and each place that does not: a test that
# is missing, or a reason to give. For the models of loom and shuttle, that would be other code. Takes as long as building the
# tests anew. The tools must be of the compiler's LLVM: the component llvm-tools of rustup, or those in the folder LLVM_TOOLS.
set -euo pipefail
cd "$(dirname "$0")/../.."

host=$(rustc -vV | sed -n 's/^host: //p')
tools=${LLVM_TOOLS:-$(rustc --print sysroot)/lib/rustlib/$host/bin}
if [ ! -x "$tools/llvm-cov" ] && ! rustup component add llvm-tools; then
    echo "skipped: no llvm-cov of $(rustc -vV | grep '^LLVM'); LLVM_TOOLS=FOLDER says where one is"
    exit 0
fi

out=$PWD/target/coverage
# Whole: of what an older source was built to nothing is known any more.
rm -rf "$out"
mkdir -p "$out"
export CARGO_TARGET_DIR=$out RUSTFLAGS="-C instrument-coverage"
# Processes that end before they wrote a profile, as some tests make them, leave an empty one.
export LLVM_PROFILE_FILE="$out/profiles/%m-%p.profraw"

cargo test
cargo test --test ui
cargo test -p parmap --no-default-features --test alone
cargo test -p parmap-core -p parmap-macros --features progress --lib
PROPTEST_CASES=2000 cargo test --test programs

find "$out/profiles" -name '*.profraw' -size +0 >"$out/profiles.txt"
"$tools/llvm-profdata" merge --sparse --failure-mode=warn -f "$out/profiles.txt" -o "$out/profile"

# The tests, and the macros as the compiler loads them.
mapfile -t binaries < <(find "$out" -path '*/deps/*' -type f \
    \( -name 'libparmap_macros-*.so' -o -executable ! -name '*.so' \))
objects=("${binaries[0]}")
for binary in "${binaries[@]:1}"; do
    objects+=(--object "$binary")
done
"$tools/llvm-cov" export --instr-profile "$out/profile" --skip-functions "${objects[@]}" |
    python3 ci/long/coverage.py parmap-core/src parmap-macros/src
