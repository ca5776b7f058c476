#!/usr/bin/env bash
# The public face of parmap and of parmap-core is what ci/public-api says: a name, a bound or a marker trait that comes or
# goes is seen in review. `--record` writes the listings anew, for a change that is meant. They are made of what rustdoc
# of a nightly compiler says, which may say it otherwise in another version of its format: then nothing is compared.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}/public-api"

if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "skipped: the public face is not compared, as there is no nightly compiler"
    exit 0
fi

described() {
    CARGO_TARGET_DIR=$target cargo +nightly rustdoc --quiet -p "$1" --lib --all-features -- \
        -Z unstable-options --output-format json "${@:2}"
    cp "$target/doc/${1//-/_}.json" "$target/$1${2:+-hidden}.json"
}
described parmap-core
described parmap-core --document-hidden-items
described parmap

python3 ci/public-api.py "$target" "${1:-}"
