#!/usr/bin/env bash
# The oldest versions of the dependencies that the manifests allow are enough: the crates are built with them, and a crate
# that uses parmap is tested. In a copy without tests, examples and what only those need.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/network.bash
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")/minimal-versions

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "skipped: the oldest versions are not tried, as only a nightly cargo finds them"
    exit 0
fi

copy=$(mktemp -d)
trap 'rm -r "$copy"' EXIT
cp -r --parents Cargo.toml README.md docs src parmap-core parmap-macros ci/downstream/{forms.rs,renamed} "$copy"
cd "$copy"
sed -i '/^members/,/^default-members/c members = [".", "parmap-core", "parmap-macros", "ci/downstream/renamed"]' Cargo.toml
sed -i '/^publish/d' ci/downstream/renamed/Cargo.toml
for manifest in Cargo.toml parmap-{core,macros}/Cargo.toml; do
    awk '/^\[/ { left_out = /dev-dependencies|^\[\[(test|bench)\]\]/ } !left_out' $manifest >manifest
    mv manifest $manifest
done

what="the oldest versions are not tried"
fetch "$what" cargo +nightly update --quiet -Z direct-minimal-versions
fetch "$what" cargo fetch --quiet --target "$(rustc -vV | sed -n 's/^host: //p')"
cargo tree --workspace --all-features --edges normal --depth 1 --no-dedupe --prefix none --format '{p}' |
    grep -v "($copy" | sort -u
export CARGO_TARGET_DIR=$target
cargo check --quiet -p parmap -p parmap-core -p parmap-macros --all-features
cargo test --quiet -p renamed
