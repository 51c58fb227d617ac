"""One scenario: build, start, break, and say what became of the requests. The exit code is 1 when a promise was broken."""

import argparse
import sys
import tempfile
from pathlib import Path

from harness import prepare, tools
from harness.processes import Broken, stop_all, stop_on_signals

from . import galera, kill, overload, rolling, soak

SCENARIOS = {"kill": kill.run, "galera": galera.run, "rolling": rolling.run, "overload": overload.run, "soak": soak.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/chaos/run.sh", description="Breaks a bookstore over MariaDB under load.")
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--no-build", action="store_true", help="take the release builds that are there")
    parser.add_argument("--minutes", type=float, help="how long the load of overload (1) and soak (20) goes on")
    options = parser.parse_args()
    stop_on_signals()
    try:
        tools.need(["cargo", "mariadbd", "mariadb", "mariadb-install-db"])
        if not options.no_build:
            prepare.build([])
        with tempfile.TemporaryDirectory(prefix="bookstore-chaos-") as folder:
            return SCENARIOS[options.scenario](Path(folder), options.minutes)
    except Broken as broken:
        print(f"error: {broken}", file=sys.stderr)
        return 1
    finally:
        stop_all()


sys.exit(main())
