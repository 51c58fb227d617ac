#!/bin/sh
# Measures the bookstore beside its peers: `deploy/bench/run.sh --quick`, `--full`, `--help`.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null 2>&1 || {
    echo "error: python3 is missing: apt-get install python3 python3-venv" >&2
    exit 1
}
PYTHONPATH="$bench" PYTHONDONTWRITEBYTECODE=1 exec python3 -m harness "$@"
