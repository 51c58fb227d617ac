"""Mixed reads and writes for twenty minutes: memory and descriptors stay flat, and nothing fails."""

import os
import time
from pathlib import Path

from harness import procfs

from .kill import verdict
from .load import Load, errors, window
from .world import World

CLIENTS, PER_SECOND = 16, 400
MINUTES = 20
# What a process may grow by from the end of the first fifth to the end: caches fill, the allocator keeps pages.
GROWTH_MAX_BYTES = 16 * 1024 * 1024
FILES_MAX = 8


def run(folder: Path, minutes: float | None) -> int:
    minutes = minutes or MINUTES
    world = World(folder)
    load = Load(world.web, world.mobile, CLIENTS, PER_SECOND)
    load.start()
    began = time.monotonic()
    processes = dict(zip(world.names, world.system.running, strict=True))
    print(f"{CLIENTS} clients, {PER_SECOND} requests/s, of which 40 % write, for {minutes:g} minutes")
    print(f"{'minute':>6}{'requests':>10}{'errors':>8}  " + "".join(f"{name + ' MiB, files':>30}" for name in processes))
    taken = []
    while time.monotonic() < began + minutes * 60:
        time.sleep(minutes * 60 / 20)
        now = {name: (resident(process.pid), files(process.pid)) for name, process in processes.items()}
        found = window(load.outcomes, began, time.monotonic())
        taken.append(now)
        figures = "".join(f"{memory / 2**20:>22.1f}, {count:>6}" for memory, count in now.values())
        print(f"{(time.monotonic() - began) / 60:>6.1f}{found.requests:>10}{sum(found.failed.values()):>8}  {figures}", flush=True)
    load.stop()
    failed = window(load.outcomes, began, time.monotonic()).failed
    grown = growth(taken)
    print(f"errors: {errors(failed)}; grown: {'; '.join(grown) or 'nothing'}")
    return 1 if verdict(load) or failed or grown else 0


def growth(taken: list[dict]) -> list[str]:
    """What grew beyond what it may since the first fifth."""
    early, late = taken[len(taken) // 5], taken[-1]
    grown = []
    for name, (memory, count) in late.items():
        if memory > early[name][0] + GROWTH_MAX_BYTES:
            grown.append(f"{name} by {(memory - early[name][0]) / 2**20:.1f} MiB")
        if count > early[name][1] + FILES_MAX:
            grown.append(f"{name} by {count - early[name][1]} descriptors")
    return grown


def resident(pid: int) -> int:
    return sum(one.now for one in procfs.memory(pid))


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
