"""A bookstore as in production, over a MariaDB of its own or a given database, whose parts can be killed and started again."""

import os
import signal
import time
from pathlib import Path

from harness import systems
from harness.http import status
from harness.mariadb import MariaDb
from harness.processes import Broken, Process
from harness.systems import Place, System

BACK_WITHIN_SECONDS = 60


class World:
    """MariaDB, and the four processes of the bookstore."""

    def __init__(self, folder: Path, database: MariaDb | None = None, **env: str):
        self.database = database or MariaDb(folder / "mariadb", "256M")
        if database is None:
            self.database.make_ours()
        place = Place(folder, self.database, 2, folder / "sqlite")
        self.system: System = systems.ours(place)
        for part in self.system.parts:
            part.env |= env
        self.system.start()
        self.system.wait()

    @property
    def web(self) -> int:
        return self.system.web[0]

    @property
    def mobile(self) -> int:
        return self.system.mobile[0]

    @property
    def names(self) -> list[str]:
        return [part.name for part in self.system.parts]

    def process(self, name: str) -> Process:
        return self.system.running[self.names.index(name)]

    def kill(self, name: str) -> None:
        """kill -9, as a crash would."""
        process = self.database.process if name == "mariadb" else self.process(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.stop()

    def start(self, name: str) -> None:
        """Starts a part again, as whatever watches over it would; returns when it answers."""
        if name == "mariadb":
            self.database.start()
            return
        nth = self.names.index(name)
        part = self.system.parts[nth]
        self.system.running[nth] = start(self.system, nth)
        wait_for(part.port, "/readyz", self.system.running[nth])


def start(system: System, nth: int) -> Process:
    """Starts one part of a system."""
    part = system.parts[nth]
    env = {**systems.token.ENVIRONMENT, **part.env}
    return Process(f"{system.name} {part.name}", part.command, system.folder / f"{system.name}-{part.name}.log", env)


def wait_for(port: int, path: str, process: Process) -> None:
    """Waits until a part answers 200."""
    end = time.monotonic() + BACK_WITHIN_SECONDS
    while status(port, path) != 200:
        process.must_live()
        if time.monotonic() > end:
            raise Broken(f"{process.name} does not answer {path}:\n{process.last_words()}")
        time.sleep(0.01)
