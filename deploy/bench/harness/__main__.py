"""One run: build, start, check that all answer alike, measure in turns, print and write what was found."""

import sys
import tempfile
from pathlib import Path

from . import check, machine, prepare, table
from .load import Sample, measure
from .mariadb import MariaDb
from .options import read
from .processes import Broken, stop_all, stop_on_signals
from .results import Results
from .systems import SYSTEMS, Place, System
from .workloads import WORKLOADS


def main() -> int:
    options = read()
    stop_on_signals()
    try:
        prepare.need(options.systems)
        if not options.no_build:
            prepare.build(options.systems)
        with tempfile.TemporaryDirectory(prefix="bookstore-bench-", dir=options.temp) as folder:
            try:
                results = _run(options, Path(folder))
            finally:
                stop_all()
    except Broken as broken:
        print(f"error: {broken}", file=sys.stderr)
        return 1
    results.write(options.out)
    print(table.text(results))
    print(f"The numbers are in {options.out}.")
    return 0


def _run(options, folder: Path) -> Results:
    database = MariaDb(folder / "mariadb", options.buffer_pool)
    prepare.fill(database, folder, options.books)
    place = Place(folder, database, options.workers, folder / "sqlite")
    if "sqlite" in options.systems:
        prepare.fill_sqlite(place.sqlite, options.books)
    systems = [SYSTEMS[name](place) for name in options.systems]
    results = Results.begin(systems, machine.describe(database), options)
    for system in systems:
        system.start()
        system.wait()
    asked = check.all_alike(systems, options.books)
    print(f"{len(systems)} systems gave the same answers to {asked} questions.", flush=True)
    results.samples = _turns(options, folder, database, systems)
    return results


def _turns(options, folder: Path, database: MariaDb, systems: list[System]) -> list[Sample]:
    """Each measurement is made of all systems, one after the other, before the next one begins."""
    samples = []
    for round_ in range(options.rounds):
        for name in options.workloads:
            workload = WORKLOADS[name]
            requests = workload.write(folder, options.books)
            for connections in options.connections or workload.connections:
                # Nobody is always the first, or always behind the same one.
                turn = (round_ + len(samples)) % len(systems)
                for system in systems[turn:] + systems[:turn]:
                    sample = measure(
                        system, database, requests, workload.client, connections, options.seconds, round_
                    )
                    samples.append(sample)
                    print(table.line(sample), flush=True)
    return samples


sys.exit(main())
