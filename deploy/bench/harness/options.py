"""What a run may be told."""

import argparse
import os
from pathlib import Path

from .systems import SYSTEMS
from .tools import BUILT
from .workloads import WORKLOADS


def _some_of(known: dict):
    def read(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(known)}")
        return names

    return read


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def read() -> argparse.Namespace:
    """The options; a flag wins over `--quick`."""
    parser = argparse.ArgumentParser(prog="deploy/bench/run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round of short measurements, about 3 minutes")
    parser.add_argument("--systems", type=_some_of(SYSTEMS), default=list(SYSTEMS), help=", ".join(SYSTEMS))
    parser.add_argument("--workloads", type=_some_of(WORKLOADS), default=list(WORKLOADS), help=", ".join(WORKLOADS))
    parser.add_argument("--connections", type=_numbers, help="such as 1,64,256; each workload has its own default")
    parser.add_argument("--rounds", type=int, help="how often all systems have their turn (3; --quick: 1)")
    parser.add_argument("--seconds", type=int, help="of each measurement (4; --quick: 1)")
    parser.add_argument("--books", type=int, default=10_000, help="how many books there are (10000)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes of each Node and Python part")
    parser.add_argument("--buffer-pool", default="1G", help="memory of MariaDB's buffer pool (1G)")
    parser.add_argument("--no-build", action="store_true", help="take the binaries that are there")
    parser.add_argument("--temp", type=Path, help="folder for the databases and logs (the system's)")
    parser.add_argument("--out", type=Path, default=BUILT / "results.json", help="where the results go")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (1 if options.quick else 4)
    return options
