"""Load at a set pace, and a set number of requests: `pace`, whose delays count from when a request was due."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import token, tools

CONNECTIONS = 64
SHARE_OF_PEAK = 0.7


@dataclass
class Paced:
    """How a system answers at 70 % of the most that the same tool gets out of it."""

    system: str
    round: int
    peak_per_second: float
    asked_per_second: float
    answered_per_second: float
    p50_us: float
    p99_us: float


@dataclass
class Burst:
    """How long a number of requests took, all told."""

    seconds: float
    p50_us: float
    p99_us: float


def measure(system: str, port: int, requests: Path, seconds: int, round_: int) -> Paced:
    """First as fast as it goes, then at the pace."""
    fastest = _pace(port, requests, 0, "seconds", seconds)
    peak = fastest["requests"] / fastest["seconds"]
    asked = peak * SHARE_OF_PEAK
    found = _pace(port, requests, asked, "seconds", seconds)
    answered = found["requests"] / found["seconds"]
    return Paced(system, round_, peak, asked, answered, found["p50_us"], found["p99_us"])


def burst(port: int, requests: Path, count: int) -> Burst:
    """So many requests, right away."""
    found = _pace(port, requests, 0, "requests", count)
    return Burst(found["seconds"], found["p50_us"], found["p99_us"])


def _pace(port: int, requests: Path, pace: float, unit: str, count: int) -> dict:
    program = str(tools.BUILT / "pace" / "release" / "pace")
    command = [program, str(port), str(requests), token.make(), str(CONNECTIONS), f"{pace:.3f}", unit, str(count)]
    return json.loads(tools.run(command))
