"""Twice the peak for a minute: what is too much is refused quickly, and the rest is served as before.

The system has one core, the clients another, so that twice the peak can be asked for at all.
"""

import json
import os
import threading
from pathlib import Path

from harness import data, procfs, token, tools
from harness.processes import Broken

from .world import World

PEAK_CONNECTIONS, CONNECTIONS = 64, 3000
BOOKS = 10_000
GOODPUT_MIN, P99_MAX_SECONDS = 0.8, 1.0
GROWTH_MAX_BYTES = 16 * 1024 * 1024


def run(folder: Path, minutes: float | None) -> int:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Broken("two cores are needed: one for the system, one for its clients")
    os.sched_setaffinity(0, {cores[0]})
    world = World(folder)
    works = folder / "books.tsv"
    data.write_books(works, BOOKS)
    world.database.load_books(works, peers=False)
    os.sched_setaffinity(0, set(cores[1:]))
    requests = folder / "requests"
    requests.write_text("".join(f"GET\t/books/{data.isbn(number)}\n" for number in range(BOOKS)))

    pace(world.web, requests, PEAK_CONNECTIONS, 0, 5)
    found = pace(world.web, requests, PEAK_CONNECTIONS, 0, 10)
    peak = found["requests"] / found["seconds"]
    print(f"peak: {peak:.0f} requests/s on {PEAK_CONNECTIONS} connections, one core")
    seconds = round((minutes or 1) * 60)
    asked = 2 * peak
    # Connections and their buffers are there after a while; from then on memory must stay as it is.
    early: dict[int, int] = {}
    timer = threading.Timer(seconds / 4, lambda: early.update(sizes(world)))
    timer.start()
    late: dict[int, int] = {}
    last = threading.Timer(seconds - 1, lambda: late.update(sizes(world)))
    last.start()
    found = pace(world.web, requests, CONNECTIONS, asked, seconds)
    good, refused = found["requests"] / found["seconds"], found["refused"] / found["seconds"]
    print(
        f"asked for {asked:.0f} requests/s on {CONNECTIONS} connections for {seconds} s: {good:.0f}/s served "
        f"({good / peak:.0%} of the peak), {refused:.0f}/s refused, {good + refused:.0f}/s in all"
    )
    p99, due = found["p99_sent_us"] / 1e6, found["p99_us"] / 1e6
    print(f"p99 of what was served: {p99:.3f} s after it was sent, {due:.3f} s after it was due")
    last.join()
    for part, process in zip(world.system.parts, world.system.running, strict=True):
        process.must_live()
        print(f"{part.name}: {early[process.pid] / 2**20:.1f} MiB after a quarter, {late[process.pid] / 2**20:.1f} MiB at the end")
    grown = max(late[pid] - early[pid] for pid in late)
    broken = [
        *([f"goodput fell below {GOODPUT_MIN:.0%} of the peak"] if good < GOODPUT_MIN * peak else []),
        *([f"p99 is above {P99_MAX_SECONDS:g} s"] if p99 > P99_MAX_SECONDS else []),
        *([f"a process grew by {grown / 2**20:.1f} MiB"] if grown > GROWTH_MAX_BYTES else []),
    ]
    print("; ".join(broken) or "as promised")
    return 1 if broken else 0


def sizes(world: World) -> dict[int, int]:
    """The resident memory of each process, in bytes."""
    return {process.pid: sum(one.now for one in procfs.memory(process.pid)) for process in world.system.running}


def pace(port: int, requests: Path, connections: int, per_second: float, seconds: int) -> dict:
    program = str(tools.BUILT / "pace" / "release" / "pace")
    command = [program, str(port), str(requests), token.make(), str(connections), f"{per_second:.3f}", "seconds", str(seconds), "refusals"]
    return json.loads(tools.run(command))
