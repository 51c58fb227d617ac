#!/bin/sh
# Counts the instructions of the hot paths and compares them with baseline.json: `deploy/bench/counts/run.sh`.
# `--accept` makes what was counted the new baseline. Exit code 1 when a count grew by more than 3 %.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
version=0.20.0

command -v valgrind >/dev/null 2>&1 || {
    echo "error: valgrind is missing: apt-get install valgrind" >&2
    exit 1
}
tools=$target/bench/tools
"$tools/bin/gungraun-runner" --version 2>/dev/null | grep -q "$version" ||
    cargo install gungraun-runner --version "$version" --locked --root "$tools" --target-dir "$target/bench/gungraun"

# The same versions as in the bookstore; cargo adds what only this needs.
cp "$root/Cargo.lock" "$here/Cargo.lock"
export GUNGRAUN_RUNNER="$tools/bin/gungraun-runner" GUNGRAUN_HOME="$target/bench/counts"
rm -rf "$GUNGRAUN_HOME"
cargo bench --manifest-path "$here/Cargo.toml" --target-dir "$target" -- --save-summary=json
exec python3 "$here/compare.py" "$GUNGRAUN_HOME" "$here/baseline.json" "$@"
