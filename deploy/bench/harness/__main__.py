"""One run: build, start, check that all answer alike, measure in turns, print and write what was found."""

import argparse
import sys
import tempfile
from pathlib import Path

from . import prepare, table
from .mariadb import MariaDb
from .options import read
from .processes import Broken, stop_all, stop_on_signals
from .run import Run


def main() -> int:
    options = read()
    stop_on_signals()
    try:
        prepare.need(options.systems)
        if not options.no_build:
            prepare.build(options.systems)
        with tempfile.TemporaryDirectory(prefix="bookstore-bench-", dir=options.temp) as folder:
            return _measured(options, Path(folder))
    except Broken as broken:
        print(f"error: {broken}", file=sys.stderr)
        return 1


def _measured(options: argparse.Namespace, folder: Path) -> int:
    """What was found before something broke is kept as well."""
    run, broken = None, None
    try:
        run = Run(options, folder, MariaDb(folder / "mariadb", options.buffer_pool))
        run.all()
    except Broken as error:
        broken = error
    finally:
        stop_all()
    if run and run.results.samples:
        run.results.write(options.out)
        print(table.text(run.results))
        print(f"\nThe numbers are in {options.out}; deploy/bench/report writes them into the README.")
    if broken:
        raise broken
    return 0


sys.exit(main())
