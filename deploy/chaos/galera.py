"""kill -9 of a node of a Galera cluster behind HAProxy, first the writer and then another, under a steady load."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from harness import tools
from harness.processes import Broken

from .kill import CLIENTS, PER_SECOND, STEADY_SECONDS, verdict
from .load import Load, errors, window
from .world import World

RUN = tools.ROOT / "deploy" / "galera" / "run.sh"
# Beside a cluster that may be there for a demo.
PORT = os.environ.get("GALERA_PORT", "23300")
# How long the load goes on after a kill, before the node comes back; the group drops a dead one after 2 s.
AFTER_SECONDS = 12
COLUMNS = ("killed", "requests", "errors", "until", "silence", "slowest")


class Galera:
    """The cluster, in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder / "galera"
        # Root's nodes run as another user, who must get there.
        folder.chmod(0o755)
        lines = [line for line in self.do("start").splitlines() if "_DATABASE_URL=" in line]
        self.urls = dict(line.removesuffix("'").split("='") for line in lines)

    def do(self, *command: str) -> str:
        everything = {**os.environ, "GALERA_DIR": str(self.folder), "GALERA_PORT": PORT}
        # Its output goes to a file: a pipe would not end before its servers do.
        with tempfile.TemporaryFile("w+") as out:
            code = subprocess.run([RUN, *command], env=everything, stdout=out, check=False).returncode
            out.seek(0)
            if code != 0:
                raise Broken(f"{RUN} {' '.join(command)} failed")
            return out.read()

    def url(self, database: str) -> str:
        return self.urls[f"{database.upper()}_DATABASE_URL"]

    def writer(self) -> int:
        """The node that HAProxy sends all connections to."""
        sql = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = 'books'"
        for node in (1, 2, 3):
            socket = f"--socket={self.folder / str(node) / 'socket'}"
            client = [tools.find("mariadb"), "--no-defaults", "-BN", "-uroot", socket, "-e", sql]
            if int(subprocess.run(client, capture_output=True, text=True, check=False).stdout or 0) > 0:
                return node
        raise Broken("no node has connections of the book service")


def run(folder: Path, _minutes: float | None) -> int:
    cluster = Galera(folder)
    load = None
    try:
        world = World(folder, cluster)
        load = Load(world.web, world.mobile, CLIENTS, PER_SECOND)
        load.start()
        time.sleep(STEADY_SECONDS)
        print(f"{CLIENTS} clients, {PER_SECOND} requests/s, of which 40 % write; no client tries again")
        print("{:<18}{:>9}{:>8}{:>9}{:>9}{:>9}  errors by status".format(*COLUMNS))
        alive = [kill(cluster, load, which) for which in ("the writer", "another")]
        load.stop()
        if not all(alive):
            print("the service did not go on after a kill")
        return verdict(load) or int(not all(alive))
    finally:
        if load:
            load.stop()
        cluster.do("stop")


def kill(cluster: Galera, load: Load, which: str) -> bool:
    """Kills a node and starts it again. Whether writes went on meanwhile."""
    node = cluster.writer() if which == "the writer" else cluster.writer() % 3 + 1
    began = time.monotonic()
    cluster.do("kill", str(node))
    time.sleep(AFTER_SECONDS)
    cluster.do("node", str(node))
    time.sleep(STEADY_SECONDS)
    ended = time.monotonic()
    writes = [one for one in load.outcomes if one.at >= began and one.kind not in ("read book", "read page", "read customer")]
    found = window(writes, began, ended)
    print(
        f"{f'node {node}, {which}':<18}{found.requests:>9}{sum(found.failed.values()):>8}{found.last_failure:>8.2f}s"
        f"{found.longest_silence:>8.2f}s{found.slowest:>8.2f}s  {errors(found.failed)}",
        flush=True,
    )
    return any(0 < one.status < 500 for one in writes if one.at > ended - STEADY_SECONDS)
