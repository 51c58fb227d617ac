"""One run: build, start, check that all answer alike, measure in turns, print and write what was found."""

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
            try:
                results = Run(options, Path(folder), MariaDb(Path(folder) / "mariadb", options.buffer_pool)).all()
            finally:
                stop_all()
    except Broken as broken:
        print(f"error: {broken}", file=sys.stderr)
        return 1
    results.write(options.out)
    print(table.text(results))
    print(f"\nThe numbers are in {options.out}; deploy/bench/report writes them into the README.")
    return 0


sys.exit(main())
