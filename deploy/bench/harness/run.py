"""The order of a run."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from . import check, cold, machine, paced, prepare, table
from .load import Cell, measure, wrk
from .mariadb import MariaDb
from .results import Results
from .systems import Place, System, make
from .workloads import WORKLOADS


class Run:
    """One run over one database."""

    def __init__(self, options: argparse.Namespace, folder: Path, database: MariaDb):
        self.options, self.folder, self.database = options, folder, database
        self.place = Place(folder, database, options.workers, folder / "sqlite")
        self.results = Results.begin(machine.describe(database), options)

    def all(self) -> None:
        """Each number of books with each number of processes; what was found is in `results`."""
        prepare.fill(self.database, self.folder)
        for books in self.options.books:
            for nth, processes in enumerate(self.options.processes):
                # Writes leave every system with books of its own.
                if nth == 0 or "mix" in self.options.workloads:
                    self._fill(books)
                self._one_size(books, processes)

    def _fill(self, books: int) -> None:
        print(f"loading {books:,} books", flush=True)
        prepare.fill_books(self.database, self.folder, books, self.options.systems)
        if "sqlite" in self.options.systems:
            prepare.fill_sqlite(self.place.sqlite, books)

    def _one_size(self, books: int, processes: int) -> None:
        print(f"{books:,} books, {processes} of each process", flush=True)
        systems = [make(name, self.place, processes) for name in self.options.systems]
        self.results.labels |= {system.name: system.label for system in systems}
        if self.options.cold:
            self._cold(systems, books)
        for system in systems:
            system.start()
            system.wait()
        asked = check.all_alike(systems, books)
        print(f"{len(systems)} systems gave the same answers to {asked} questions.", flush=True)
        self._warm_up(systems, books)
        self._turns(systems, books, processes)
        if self.options.paced:
            self._paced(systems, books)
        for system in systems:
            system.stop()

    def _cold(self, systems: list[System], books: int) -> None:
        requests = WORKLOADS["book"].write(self.folder, books)
        for round_ in range(self.options.rounds):
            for system in systems:
                self.results.cold.append(cold.measure(system, requests, round_))
                print(table.cold_line(self.results.cold[-1]), flush=True)

    def _warm_up(self, systems: list[System], books: int) -> None:
        """What compiles itself while it runs has compiled what will be measured."""
        for name in self.options.workloads:
            workload = WORKLOADS[name]
            requests = workload.write(self.folder, books)
            for system in systems:
                if ports := system.ports(workload.client):
                    wrk(ports, max(workload.connections), self.options.warm_up, requests, workload.client)
                    system.trim_logs()

    def _turns(self, systems: list[System], books: int, processes: int) -> None:
        """Each measurement is made of all systems, one after the other, before the next one begins."""
        for nth, (round_, cell) in enumerate(self._measurements(books, processes)):
            workload = WORKLOADS[cell.workload]
            requests = workload.write(self.folder, books)
            # Nobody is always the first, or always behind the same one.
            turn = nth % len(systems)
            for system in systems[turn:] + systems[:turn]:
                if system.ports(workload.client):
                    sample = measure(
                        system, self.database, requests, workload.client, cell, self.options.seconds, round_
                    )  # fmt: skip
                    self.results.samples.append(sample)
                    print(table.line(sample), flush=True)

    def _measurements(self, books: int, processes: int) -> Iterator[tuple[int, Cell]]:
        for round_ in range(self.options.rounds):
            for name in self.options.workloads:
                for connections in self.options.connections or WORKLOADS[name].connections:
                    yield round_, Cell(name, connections, books, processes)

    def _paced(self, systems: list[System], books: int) -> None:
        requests = WORKLOADS["book"].write(self.folder, books)
        for round_ in range(self.options.rounds):
            for system in systems:
                found = paced.measure(system.name, system.web[0], requests, self.options.seconds, round_)
                self.results.paced.append(found)
                system.trim_logs()
                print(table.paced_line(found), flush=True)
