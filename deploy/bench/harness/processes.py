"""Starting processes so that none outlives the run, whatever ends it."""

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import procfs

PR_SET_PDEATHSIG = 1
STOP_WITHIN_SECONDS = 10
_libc = ctypes.CDLL(None)
_running: list["Process"] = []


class Broken(Exception):
    """The run cannot go on; the text says why, for a person."""


class Process:
    """A process with a log file, in a group of its own."""

    def __init__(self, name: str, command: list[str], log: Path, env: dict[str, str] | None = None):
        self.name, self.log = name, log
        everything = {**os.environ, **(env or {})}
        with log.open("ab") as out:
            self.child = subprocess.Popen(
                command, env=everything, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, preexec_fn=_die_with_parent,
            )  # fmt: skip
        _running.append(self)

    @property
    def pid(self) -> int:
        return self.child.pid

    def stop(self) -> None:
        """Asks it to end; after ten seconds, makes it."""
        if self.child.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self.child.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        # Also those of the group that outlived their parent.
        self._signal(signal.SIGKILL)
        self.child.wait()
        if self in _running:
            _running.remove(self)

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def cpu_seconds(self) -> float:
        return procfs.cpu_seconds(self.pid)

    def must_live(self) -> None:
        """Raises Broken, with the end of its log, when it ended."""
        if self.child.poll() is not None:
            raise Broken(f"{self.name} ended with code {self.child.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]

    def trim_log(self) -> None:
        """The log is written like in production, but nobody keeps gigabytes of it."""
        os.truncate(self.log, 0)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def stop_all() -> None:
    for process in reversed(_running.copy()):
        process.stop()


def stop_on_signals() -> None:
    """Ctrl-C and SIGTERM end the run by an exception, so that everything is cleaned up."""
    atexit.register(stop_all)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


_ports_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, below those given to outgoing connections."""
    for port in range(20_000 + os.getpid() % 5000, 32_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port not in _ports_given and probe.connect_ex(("127.0.0.1", port)) != 0:
                _ports_given.add(port)
                return port
    raise Broken("no port from 20000 to 32000 is free")


def wait_until(ready, process: Process, seconds: float) -> None:
    """Waits until `ready()` holds, as long as the process lives."""
    end = time.monotonic() + seconds
    while not ready():
        process.must_live()
        if time.monotonic() > end:
            raise Broken(f"{process.name} was not ready in {seconds:.0f} s:\n{process.last_words()}")
        time.sleep(0.02)
