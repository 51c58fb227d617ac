"""Load at a set pace, and a set number of requests: oha, whose delays count from when a request was due."""

import json
from dataclasses import dataclass
from pathlib import Path

from . import token, tools
from .processes import Broken

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


def measure(system: str, port: int, urls: Path, seconds: int, round_: int) -> Paced:
    """First as fast as it goes, then at the pace."""
    peak = _oha(urls, ["-z", f"{seconds}s"])["summary"]["requestsPerSec"]
    pace = max(1, int(peak * SHARE_OF_PEAK))
    at_pace = ["-z", f"{seconds}s", "-q", str(pace), "--latency-correction"]
    result = _oha(urls, at_pace)
    times = result["latencyPercentiles"]
    answered = result["summary"]["requestsPerSec"]
    return Paced(system, round_, peak, pace, answered, times["p50"] * 1e6, times["p99"] * 1e6)


def burst(urls: Path, requests: int) -> Burst:
    """So many requests, right away."""
    result = _oha(urls, ["-n", str(requests)])
    times = result["latencyPercentiles"]
    return Burst(result["summary"]["total"], times["p50"] * 1e6, times["p99"] * 1e6)


def urls(file: Path, requests: Path, port: int) -> Path:
    """The GETs of a file for `load.lua` as oha wants them."""
    paths = (line.split("\t")[1] for line in requests.read_text().splitlines())
    file.write_text("".join(f"http://127.0.0.1:{port}{path}\n" for path in paths))
    return file


def _oha(urls: Path, how: list[str]) -> dict:
    command = [
        str(tools.BUILT / "tools" / "bin" / "oha"), *how, "-c", str(CONNECTIONS), "--no-tui", "--output-format", "json",
        "-H", f"Authorization: Bearer {token.make()}", "-H", "X-Client-Type: Web", "--urls-from-file", str(urls),
    ]  # fmt: skip
    result = json.loads(tools.run(command))
    wrong = {code: count for code, count in result["statusCodeDistribution"].items() if code != "200"}
    # Those in flight when the time is up are cut off by oha itself.
    errors = {text: count for text, count in result["errorDistribution"].items() if "deadline" not in text}
    if wrong or errors:
        raise Broken(f"{urls.name}: not every request was answered well: {wrong} {errors}")
    return result
