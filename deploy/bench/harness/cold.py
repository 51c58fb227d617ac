"""A cold start: from the start of the processes to the first answer, and the first thousand."""

import time
from dataclasses import dataclass
from pathlib import Path

from . import http, paced
from .processes import Broken
from .systems import System

FIRST_WITHIN_SECONDS = 60
REQUESTS = 1000


@dataclass
class Cold:
    """One start of a system."""

    system: str
    round: int
    first_answer_seconds: float
    thousand_seconds: float
    p50_us: float
    p99_us: float
    idle_bytes: dict[str, list[int]]


def measure(system: System, requests: Path, round_: int) -> Cold:
    """Starts it, asks at once, and stops it."""
    path = requests.read_text().split("\t", 2)[1]
    started = time.monotonic()
    system.start()
    while not _answers(system.web[0], path):
        system.must_live()
        if time.monotonic() - started > FIRST_WITHIN_SECONDS:
            raise Broken(f"{system.name} gave no answer in {FIRST_WITHIN_SECONDS} s")
        time.sleep(0.002)
    first = time.monotonic() - started
    burst = paced.burst(system.web[0], requests, REQUESTS)
    system.stop()
    return Cold(system.name, round_, first, burst.seconds, burst.p50_us, burst.p99_us, _idle(system))


def _idle(system: System) -> dict[str, list[int]]:
    """The memory of each process after a start, before anybody asked anything but its status."""
    system.start()
    system.wait()
    time.sleep(1)
    found = {name: [one.now for one in processes] for name, processes in system.memory().items()}
    system.stop()
    return found


def _answers(port: int, path: str) -> bool:
    try:
        return http.ask(port, "GET", path).status == 200
    except (OSError, http.Unreadable):
        return False
