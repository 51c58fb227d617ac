#!/bin/sh
# Kills a node of a Galera cluster under write load through the whole system (web BFF, services, HAProxy), and reads all
# acknowledged writes back: deploy/chaos/galera.sh, --help. It starts all of it, takes about a minute, and ends it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
command -v python3 >/dev/null 2>&1 || {
    echo "error: python3 is missing: apt-get install python3" >&2
    exit 1
}
# The benchmark's helpers start processes that end with this one.
PYTHONPATH="$here/../bench:$here" PYTHONDONTWRITEBYTECODE=1 exec python3 "$here/galera.py" "$@"
