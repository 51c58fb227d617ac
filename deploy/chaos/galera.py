"""A node of Galera is killed under write load: nothing acknowledged may be lost, and the system must go on."""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from harness import token
from harness.processes import Broken, Process, free_port, stop_all, stop_on_signals, wait_until

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "deploy" / "galera" / "run.sh"
# A cluster of the run's own, beside one that may be there for a demo.
PORT = os.environ.get("GALERA_PORT", "23300")
# How long a client waits before it tries again after anything but a success.
PAUSE_SECONDS = 0.02


class Client(threading.Thread):
    """Writes books one after another, and notes what was acknowledged. What failed is not tried again."""

    def __init__(self, number: int, port: int, stop: threading.Event):
        super().__init__(daemon=True)
        self.number, self.port, self.stop = number, port, stop
        self.acknowledged: dict[str, dict] = {}
        self.removed: set[str] = set()
        # Books of which nobody knows in which of these states they are.
        self.open: dict[str, list[dict | None]] = {}
        self.outcomes: list[tuple[float, float, str, bool]] = []
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            isbn = f"{self.number}{count:08}"
            count += 1
            if not self.write("POST", "/books", isbn, book(isbn, 0)):
                continue
            # Every third book is changed, every ninth one removed after that.
            if count % 3 == 0:
                self.write("PUT", f"/books/{isbn}", isbn, book(isbn, 1))
            if count % 9 == 0 and isbn in self.acknowledged:
                self.write("DELETE", f"/books/{isbn}", isbn, None)

    def write(self, method: str, path: str, isbn: str, wanted: dict | None) -> bool:
        """One write. Whether it was acknowledged."""
        started = time.monotonic()
        try:
            status = self.ask(method, path, wanted)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.connection, status = None, type(error).__name__
        done = status in (200, 201, 204)
        self.outcomes.append((started, time.monotonic(), str(status), done))
        if done:
            self.acknowledged.pop(isbn, None)
            if wanted is None:
                self.removed.add(isbn)
            else:
                self.acknowledged[isbn] = wanted
            return True
        before = self.acknowledged.pop(isbn, None)
        self.open[isbn] = [before, wanted]
        time.sleep(PAUSE_SECONDS)
        return False

    def ask(self, method: str, path: str, body: dict | None) -> int:
        status, text = self.exchange(method, path, body)
        if status >= 400:
            problem = json.loads(text)
            if not problem.get("message") or problem.get("status") != status:
                raise http.client.HTTPException(f"{status} without a problem")
        return status

    def exchange(self, method: str, path: str, body: dict | None = None) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Client-Type": "Web", "Content-Type": "application/json"}
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def faults(self) -> list[str]:
        """What is not as it was acknowledged, or as an unanswered write may have left it."""
        found = []
        allowed = {isbn: [wanted] for isbn, wanted in self.acknowledged.items()}
        allowed |= {isbn: [None] for isbn in self.removed} | self.open
        for isbn, states in allowed.items():
            status, text = self.exchange("GET", f"/books/{isbn}")
            now = json.loads(text) if status == 200 else None
            if status not in (200, 404) or now not in states:
                found.append(f"{isbn}: {status} {now} is none of {states}")
        return found


TOKEN = token.make()


def book(isbn: str, edition: int) -> dict:
    return {
        "ISBN": isbn, "title": f"Book {isbn}", "Author": "A. Writer", "description": f"Edition {edition}",
        "genre": "fiction", "price": 9.95, "quantity": edition,
    }  # fmt: skip


class Cluster:
    """The cluster, with a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder

    def do(self, *command: str) -> str:
        everything = {**os.environ, "GALERA_DIR": str(self.folder), "GALERA_PORT": PORT}
        # Its output goes to a file: its servers keep what they were given, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run([RUN, *command], env=everything, stdout=out, check=False)
            out.seek(0)
            if done.returncode != 0:
                raise Broken(f"run.sh {' '.join(command)} failed")
            return out.read()

    def start(self) -> dict[str, str]:
        """Starts it; gives the services' settings."""
        settings = (line.split("=", 1) for line in self.do("start").splitlines() if "_DATABASE_URL=" in line)
        return {name: value.strip("'") for name, value in settings}

    def writer(self) -> int:
        """The node that HAProxy sends all connections to."""
        for node in (1, 2, 3):
            count = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = 'books'"
            socket = f"--socket={self.folder / str(node) / 'socket'}"
            client = ["mariadb", "--no-defaults", "-BN", "-uroot", socket, "-e", count]
            if int(subprocess.run(client, capture_output=True, text=True, check=False).stdout or 0) > 0:
                return node
        raise Broken("no node has connections of the book service")


def start_system(binaries: Path, folder: Path, databases: dict[str, str]) -> int:
    """Starts both services and the web BFF; gives the BFF's port."""
    books, customers, web = (free_port() for _ in range(3))
    environment = {
        **token.ENVIRONMENT, **databases, "BOOKS_LISTEN": f"127.0.0.1:{books}",
        "CUSTOMERS_LISTEN": f"127.0.0.1:{customers}", "WEB_BFF_LISTEN": f"127.0.0.1:{web}",
        "BOOKS_URL": f"http://127.0.0.1:{books}/graphql", "CUSTOMERS_URL": f"http://127.0.0.1:{customers}/graphql",
        "RUST_LOG": "warn",
    }  # fmt: skip
    for name, port in (("book-service", books), ("customer-service", customers), ("web-bff", web)):
        if not (binaries / name).exists():
            raise Broken(f"{binaries / name} is missing: cargo build --workspace --bins")
        process = Process(name, [str(binaries / name)], folder / f"{name}.log", environment)
        wait_until(lambda port=port: status_of(port) == 200, process, 60)
    return web


def status_of(port: int) -> int:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/status")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0


def report(clients: list[Client], killed: float, title: str) -> None:
    """The figures of one kill: the longest time without a success, and what failed."""
    outcomes = sorted(outcome for client in clients for outcome in client.outcomes)
    good = sorted(end for _, end, _, done in outcomes if done)
    around = [moment for moment in good if moment > killed - 1]
    gap, begun = max((b - a, a) for a, b in zip(around, around[1:]))
    bad = Counter(status for _, _, status, done in outcomes if not done)
    late = max(end - start for start, end, _, _ in outcomes)
    print(f"{title}: {len(good)} writes acknowledged, {sum(bad.values())} failed {dict(bad)}")
    print(f"  longest time without a success: {gap:.2f} s, beginning {begun - killed:+.2f} s after the kill")
    print(f"  slowest answer: {late:.2f} s; last success {good[-1] - killed:+.1f} s after the kill")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="of load after each kill (15)")
    parser.add_argument("--clients", type=int, default=16, help="that write at the same time (16)")
    parser.add_argument("--kill", choices=["writer", "other", "both"], default="both", help="which node (both)")
    parser.add_argument("--binaries", type=Path, default=default_binaries(), help="folder of the services' binaries")
    options = parser.parse_args()
    stop_on_signals()
    lost: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        # Root's nodes run as another user, who must get there.
        os.chmod(folder, 0o755)
        cluster = Cluster(Path(folder) / "cluster")
        try:
            port = start_system(options.binaries, Path(folder), cluster.start())
            kills = ["writer", "other"] if options.kill == "both" else [options.kill]
            for turn, which in enumerate(kills, 1):
                lost += one_kill(turn, which, cluster, port, options)
        finally:
            stop_all()
            cluster.do("stop")
    for fault in lost[:20]:
        print(f"LOST {fault}")
    print(f"{len(lost)} acknowledged writes were lost" if lost else "no acknowledged write was lost")
    return 1 if lost else 0


def one_kill(turn: int, which: str, cluster: Cluster, port: int, options: argparse.Namespace) -> list[str]:
    """Load, a kill in its midst, and what it did; gives what was lost. The node is back at the end."""
    stop = threading.Event()
    clients = [Client(turn * 1000 + number, port, stop) for number in range(options.clients)]
    for client in clients:
        client.start()
    time.sleep(4)
    node = cluster.writer() if which == "writer" else cluster.writer() % 3 + 1
    killed = time.monotonic()
    cluster.do("kill", str(node))
    time.sleep(options.seconds)
    stop.set()
    for client in clients:
        client.join(60)
    report(clients, killed, f"kill -9 of node {node}, {'the writer' if which == 'writer' else 'not the writer'}")
    last = max(end for client in clients for _, end, _, done in client.outcomes if done)
    faults = [fault for client in clients for fault in client.faults()]
    if last < killed + options.seconds / 2:
        faults.append("the service did not go on after the kill")
    cluster.do("node", str(node))
    return faults


def default_binaries() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    release = target / "release"
    return release if (release / "web-bff").exists() else target / "debug"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Broken as broken:
        sys.exit(f"error: {broken}")
