"""What a run may be told."""

import argparse
import os
from pathlib import Path

from .systems import SYSTEMS
from .tools import BUILT
from .workloads import WORKLOADS

FULL = {
    "systems": list(SYSTEMS),
    "workloads": [name for name, workload in WORKLOADS.items() if workload.in_table],
    "connections": None,
    "rounds": 3,
    "seconds": 3,
    "warm_up": 3,
    "books": [10_000],
    "processes": [1],
    "buffer_pool": "1G",
    "cold": True,
    "paced": True,
}
ALONE = {"cold": False, "paced": False}
# What each preset changes of that.
PRESETS = {
    "full": {},
    "quick": {"rounds": 1, "seconds": 1, "warm_up": 1, "workloads": ["book", "page", "list"]},
    "growth": ALONE
    | {"systems": ["ours", "rest"], "books": [10_000, 1_000_000, 5_000_000], "buffer_pool": "4G"}
    | {"workloads": ["book", "page", "genre", "author", "stock", "price"], "connections": [1, 16]},
    "scaling": ALONE
    | {"systems": ["ours", "rest"], "processes": [1, 2, 4], "workloads": ["book"], "connections": [64, 256]},
}


def _some_of(known: dict):
    def read(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(known)}")
        return names

    return read


def _numbers(text: str) -> list[int]:
    numbers = [int(number) for number in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(f"{text}: numbers from 1 on")
    return numbers


def read() -> argparse.Namespace:
    """The options: a preset, and what flags say otherwise."""
    parser = argparse.ArgumentParser(prog="deploy/bench/run.sh", description="Measures the bookstore beside its peers.")
    preset = parser.add_mutually_exclusive_group()
    preset.add_argument("--full", action="store_true", help="all workloads, three rounds; about 25 minutes (default)")
    preset.add_argument("--quick", action="store_true", help="three workloads, one short round; about 3 minutes")
    preset.add_argument("--growth", action="store_true", help="10 thousand, 1 million and 5 million books")
    preset.add_argument("--scaling", action="store_true", help="1, 2 and 4 processes of each BFF and service")
    parser.add_argument("--systems", type=_some_of(SYSTEMS), help=f"of {','.join(SYSTEMS)}")
    parser.add_argument("--workloads", type=_some_of(WORKLOADS), help=f"of {','.join(WORKLOADS)}")
    parser.add_argument("--connections", type=_numbers, help="such as 1,64,256; each workload has its own default")
    parser.add_argument("--rounds", type=int, help="how often each measurement is made of all systems")
    parser.add_argument("--seconds", type=int, help="of each measurement")
    parser.add_argument("--warm-up", type=int, help="seconds of each workload before the first round")
    parser.add_argument("--books", type=_numbers, help="how many books there are, such as 10000,1000000")
    parser.add_argument("--processes", type=_numbers, help="how many copies of each system run, such as 1,2,4")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes of each Node and Python part")
    parser.add_argument("--buffer-pool", help="memory of MariaDB's buffer pool, such as 1G")
    parser.add_argument("--cold", action=argparse.BooleanOptionalAction, help="whether cold starts are measured")
    parser.add_argument("--paced", action=argparse.BooleanOptionalAction, help="whether 70 %% of peak is measured")
    parser.add_argument("--no-build", action="store_true", help="take the binaries that are there")
    parser.add_argument("--temp", type=Path, help="folder for the databases and logs (the system's)")
    parser.add_argument("--out", type=Path, help="where the results go (target/bench/PRESET.json)")
    options = parser.parse_args()
    options.preset = next((name for name in PRESETS if getattr(options, name)), "full")
    for name, value in (FULL | PRESETS[options.preset]).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.books = sorted(options.books)
    options.out = options.out or BUILT / f"{options.preset}.json"
    return options
