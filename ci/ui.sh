#!/usr/bin/env bash
# What the compiler says of each mistake in an annotation, word for word. Apart from `cargo test`, as the words of the
# compiler's own part change from one release to the next.
set -euo pipefail
cargo test --test ui
