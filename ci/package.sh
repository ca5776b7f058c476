#!/usr/bin/env bash
# What would be published: each crate has its licences and its README, nothing that is not its own, and builds from what is
# in it alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/network.bash
fetch "nothing is packaged" cargo fetch --quiet --locked
# It would ask the registry all the same, again and again.
is_online || export CARGO_NET_OFFLINE=true
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/package"
rm -rf "$CARGO_TARGET_DIR/package"
cargo package --quiet --allow-dirty --all-features -p parmap -p parmap-core -p parmap-macros

wrong=0
for crate in parmap parmap-core parmap-macros; do
    files=$(tar -tzf "$CARGO_TARGET_DIR/package/$crate"-[0-9]*.crate | cut -d/ -f2-)
    for file in LICENSE-MIT LICENSE-APACHE README.md Cargo.toml src/lib.rs; do
        grep -qx "$file" <<<"$files" || { echo "$crate: $file is missing"; wrong=1; }
    done
    own='LICENSE-(MIT|APACHE)|README\.md|CHANGELOG\.md|Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json|src/.*\.rs'
    own+='|docs/[a-z]+\.md|docs/plots/[a-z0-9_]+\.svg'
    others=$(grep -vxE "$own" <<<"$files" || true)
    [ -z "$others" ] || { printf '%s: does not belong here:\n%s\n' "$crate" "$others"; wrong=1; }
    echo "$crate: $(wc -l <<<"$files") files"
done
exit $wrong
