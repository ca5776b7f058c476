#!/usr/bin/env bash
# parmap in other people's crates: under another name, through another crate, without prelude or standard library, in each
# edition, beside other names and other attributes, under every lint, without rayon, and with the bar. Each crate of
# ci/downstream is built and run. They are workspaces of their own, with the versions of the project's lock file.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/downstream
cd ci/downstream
export CARGO_TARGET_DIR="$target"

for workspace in . without-rayon with-progress; do
    cp ../../Cargo.lock $workspace/Cargo.lock
done
cargo fmt --check
cargo test --workspace --exclude lints --quiet
(cd without-rayon && cargo fmt --check && cargo test --quiet)
(cd with-progress && cargo fmt --check && cargo test --quiet && cargo test --quiet --no-default-features)
python3 lints/compare.py

# Of a mistake, too, nothing is left that names the crate as it is not called.
errors=$(cargo check --quiet -p renamed --features mistakes --message-format=short 2>&1 | grep -c ': error' || true)
if [ "$errors" != 3 ]; then
    echo "three mistakes under another name are $errors errors:"
    cargo check --quiet -p renamed --features mistakes || true
    exit 1
fi
