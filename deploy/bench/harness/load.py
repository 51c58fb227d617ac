"""Load: wrk asks as fast as it is answered."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from . import procfs, token, tools
from .mariadb import MariaDb
from .processes import Broken
from .systems import System

SETTLE_SECONDS = 1


@dataclass(frozen=True)
class Cell:
    """What one measurement is of: a workload, how many connections, over how many books and processes."""

    workload: str
    connections: int
    books: int
    processes: int


@dataclass
class Sample:
    """One measurement of one system."""

    system: str
    workload: str
    connections: int
    books: int
    processes: int
    round: int
    requests_per_second: float
    p50_us: float
    p90_us: float
    p99_us: float
    bytes_per_second: float
    cpu_per_1000: float
    database_cpu_per_1000: float
    peak_bytes: dict[str, int]

    @property
    def cell(self) -> Cell:
        return Cell(self.workload, self.connections, self.books, self.processes)

    def as_json(self) -> dict:
        return asdict(self)


def wrk(ports: list[int], connections: int, seconds: int, requests: Path, client: str) -> dict:
    """Runs wrk with one thread for each port; a thread can send several times what is measured here."""
    script = str(tools.BENCH / "load.lua")
    threads = min(len(ports), connections)
    command = [
        tools.find("wrk"), f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", script,
        f"http://127.0.0.1:{ports[0]}/", "--", str(requests), token.make(), client,
    ]  # fmt: skip
    output = tools.run(command, BENCH_PORTS=" ".join(map(str, ports)))
    result = json.loads(output.strip().splitlines()[-1])
    if result["broken"] or result["refused"]:
        raise Broken(f"port {ports[0]}: not every request of {requests.name} was answered well: {result}")
    return result


def _long_enough(ports: list[int], connections: int, seconds: int, requests: Path, client: str) -> dict:
    """Runs wrk, again and longer when nothing was answered to the end."""
    for longer in (1, 4, 16):
        result = wrk(ports, connections, seconds * longer, requests, client)
        if result["requests"]:
            return result
    raise Broken(f"port {ports[0]}: no request of {requests.name} was answered in {seconds * longer} s")


def measure(
    system: System, database: MariaDb, requests: Path, client: str, cell: Cell, seconds: int, round_: int
) -> Sample:
    """One warm measurement: a second that does not count, and then the seconds that do."""
    ports = system.ports(client)
    wrk(ports, cell.connections, SETTLE_SECONDS, requests, client)
    for process in system.running:
        procfs.reset_peak(process.pid)
    ours, theirs = system.cpu_seconds(), database.process.cpu_seconds()
    result = _long_enough(ports, cell.connections, seconds, requests, client)
    ours, theirs = system.cpu_seconds() - ours, database.process.cpu_seconds() - theirs
    system.must_live()
    peaks = {name: sum(one.peak for one in found) for name, found in system.memory().items()}
    system.trim_logs()
    thousands = result["requests"] / 1000
    return Sample(
        system.name, **asdict(cell), round=round_,
        requests_per_second=result["requests"] / result["seconds"],
        p50_us=result["p50_us"], p90_us=result["p90_us"], p99_us=result["p99_us"],
        bytes_per_second=result["bytes"] / result["seconds"],
        cpu_per_1000=ours / thousands, database_cpu_per_1000=theirs / thousands, peak_bytes=peaks,
    )  # fmt: skip
