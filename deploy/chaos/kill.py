"""kill -9 of every part, one after another, under a steady load; each is started again half a second later."""

import time
from pathlib import Path

from .load import Load, errors, window
from .world import World

CLIENTS, PER_SECOND = 16, 300
STEADY_SECONDS, DOWN_SECONDS = 3, 0.5


def run(folder: Path, _minutes: float | None) -> int:
    world = World(folder)
    load = Load(world.web, world.mobile, CLIENTS, PER_SECOND)
    load.start()
    time.sleep(STEADY_SECONDS)
    print(f"{CLIENTS} clients, {PER_SECOND} requests/s, of which 40 % write; no client tries again")
    print(f"{'killed':<18}{'requests':>9}{'errors':>8}{'until':>9}{'silence':>9}{'slowest':>9}  errors by status")
    for name in [*world.names, "mariadb"]:
        began = time.monotonic()
        world.kill(name)
        time.sleep(DOWN_SECONDS)
        world.start(name)
        load.wait_for_calm(STEADY_SECONDS)
        found = window(load.outcomes, began, time.monotonic())
        print(
            f"{name:<18}{found.requests:>9}{sum(found.failed.values()):>8}{found.last_failure:>8.2f}s"
            f"{found.longest_silence:>8.2f}s{found.slowest:>8.2f}s  {errors(found.failed)}",
            flush=True,
        )
    load.stop()
    return verdict(load)


def verdict(load: Load) -> int:
    """What was promised: nothing acknowledged is lost, and every answer can be read."""
    lost = load.lost()
    print(f"{load.acknowledged()} writes were acknowledged, {len(lost)} are not as they should be; "
          f"{len(load.faults)} answers were no JSON or no problem")  # fmt: skip
    for line in [*lost, *load.faults][:20]:
        print(f"  {line}")
    return 1 if lost or load.faults else 0
