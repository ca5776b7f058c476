#!/usr/bin/env bash
# Licences, versions and origin of all dependencies are those that deny.toml allows. Where cargo-deny is not installed (to
# build it takes minutes), ci/deny.py holds the lock file to the same deny.toml. Advisories need a database from outside:
# see CONTRIBUTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."
if cargo deny --version >/dev/null 2>&1; then
    cargo deny --workspace --all-features --locked check bans licenses sources
else
    python3 ci/deny.py
fi
