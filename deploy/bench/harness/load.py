"""Load: wrk asks as fast as it is answered."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from . import procfs, token, tools
from .mariadb import MariaDb
from .processes import Broken
from .systems import System

WARM_UP_SECONDS = 1


@dataclass
class Sample:
    """One measurement of one system."""

    system: str
    workload: str
    connections: int
    round: int
    requests_per_second: float
    p50_us: float
    p90_us: float
    p99_us: float
    bytes_per_second: float
    cpu_per_1000: float
    database_cpu_per_1000: float
    peak_bytes: dict[str, int]

    def as_json(self) -> dict:
        return asdict(self)


def wrk(port: int, connections: int, seconds: float, requests: Path, client: str) -> dict:
    """Runs wrk with one thread, which can send several times what is measured here."""
    script = str(tools.BENCH / "load.lua")
    command = [
        tools.find("wrk"), "-t1", f"-c{connections}", f"-d{seconds:g}", "--timeout", "10", "-s", script,
        f"http://127.0.0.1:{port}/", "--", str(requests), token.make(), client,
    ]  # fmt: skip
    result = json.loads(tools.run(command).strip().splitlines()[-1])
    if result["broken"] or result["refused"] or not result["requests"]:
        raise Broken(f"port {port}: not every request of {requests.name} was answered well: {result}")
    return result


def measure(
    system: System, database: MariaDb, requests: Path, client: str, connections: int, seconds: int, round_: int
) -> Sample:
    """One warm measurement: a second that does not count, and then the seconds that do."""
    wrk(system.port(client), connections, WARM_UP_SECONDS, requests, client)
    for process in system.running:
        procfs.reset_peak(process.pid)
    ours, theirs = system.cpu_seconds(), database.process.cpu_seconds()
    result = wrk(system.port(client), connections, seconds, requests, client)
    ours, theirs = system.cpu_seconds() - ours, database.process.cpu_seconds() - theirs
    system.must_live()
    peaks = {part.name: sum(one.peak for one in procfs.memory(process.pid))
             for part, process in zip(system.parts, system.running, strict=True)}  # fmt: skip
    system.trim_logs()
    thousands = result["requests"] / 1000
    return Sample(
        system.name, requests.stem, connections, round_, result["requests"] / result["seconds"],
        result["p50_us"], result["p90_us"], result["p99_us"], result["bytes"] / result["seconds"],
        ours / thousands, theirs / thousands, peaks,
    )  # fmt: skip
