#!/bin/sh
# Breaks things under load and says what became of the requests: `deploy/chaos/run.sh kill`, `--help`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null 2>&1 || {
    echo "error: python3 is missing: apt-get install python3" >&2
    exit 1
}
PYTHONPATH="$here/..:$here/../bench" PYTHONDONTWRITEBYTECODE=1 exec python3 -m chaos "$@"
