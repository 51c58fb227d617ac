"""The systems that are measured: which processes each has, and where it answers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import documents, procfs, token
from .http import status
from .mariadb import MariaDb
from .processes import Broken, Process, free_port
from .procfs import Memory
from .tools import BENCH, BUILT, TARGET, find

POOL_SIZE = 16
READY_WITHIN_SECONDS = 60


@dataclass
class Place:
    """Where the systems of a run live."""

    folder: Path
    database: MariaDb
    workers: int
    sqlite: Path


@dataclass
class Part:
    """One process of a system: what starts it, and its port."""

    name: str
    command: list[str]
    env: dict[str, str]
    port: int


@dataclass
class System:
    """A system under load, running or not."""

    name: str
    label: str
    parts: list[Part]
    web: list[int]
    mobile: list[int]
    graph: list[int]
    folder: Path
    running: list[Process] = field(default_factory=list)

    def start(self) -> None:
        """Starts all its processes at once; returns without waiting for them."""
        for part in self.parts:
            env = {**token.ENVIRONMENT, **part.env}
            log = self.folder / f"{self.name}-{part.name}.log"
            self.running.append(Process(f"{self.name} {part.name}", part.command, log, env))

    def wait(self) -> None:
        """Waits until each process answers."""
        end = time.monotonic() + READY_WITHIN_SECONDS
        for part, process in zip(self.parts, self.running, strict=True):
            while status(part.port, "/status") != 200:
                process.must_live()
                if time.monotonic() > end:
                    raise Broken(f"{process.name} does not answer:\n{process.last_words()}")
                time.sleep(0.005)

    def stop(self) -> None:
        for process in reversed(self.running):
            process.stop()
        self.running.clear()

    def ports(self, client: str) -> list[int]:
        """Where a client is answered, or `graph`, the book service itself; nowhere when there is no such thing."""
        return {"Web": self.web, "graph": self.graph}.get(client, self.mobile)

    def memory(self) -> dict[str, list[Memory]]:
        """Of each part, and of each of its processes."""
        parts = zip(self.parts, self.running, strict=True)
        return {part.name: procfs.memory(process.pid) for part, process in parts}

    def cpu_seconds(self) -> float:
        return sum(process.cpu_seconds() for process in self.running)

    def must_live(self) -> None:
        for process in self.running:
            process.must_live()

    def trim_logs(self) -> None:
        for process in self.running:
            process.trim_log()


def _listen(port: int) -> str:
    return f"127.0.0.1:{port}"


def _graph(port: int) -> str:
    return f"http://{_listen(port)}/graphql"


def ours(place: Place) -> System:
    """The bookstore as in production: four processes over MariaDB."""
    books, customers, web, mobile = (free_port() for _ in range(4))
    upstreams = {"BOOKS_URL": _graph(books), "CUSTOMERS_URL": _graph(customers), **documents.TRUSTED}
    # Nobody signs in here, so the services do not ask who did.
    trusted = {**documents.manifests(place.folder), "ACCOUNTS_URL": ""}
    store = {"BOOKS_DATABASE_URL": place.database.url("books"), "BOOKS_LISTEN": _listen(books)}
    people = {"CUSTOMERS_DATABASE_URL": place.database.url("customers"), "CUSTOMERS_LISTEN": _listen(customers)}
    parts = [
        Part("book-service", [_binary("book-service")], {**trusted, **store}, books),
        Part("customer-service", [_binary("customer-service")], {**trusted, **people}, customers),
        Part("web-bff", [_binary("web-bff")], {**upstreams, "WEB_BFF_LISTEN": _listen(web)}, web),
        Part("mobile-bff", [_binary("mobile-bff")], {**upstreams, "MOBILE_BFF_LISTEN": _listen(mobile)}, mobile),
    ]
    return System("ours", "this bookstore", parts, [web], [mobile], [books], place.folder)


def single(place: Place) -> System:
    """The bookstore in one process, over MariaDB."""
    databases = {
        "BOOKS_DATABASE_URL": place.database.url("books"),
        "CUSTOMERS_DATABASE_URL": place.database.url("customers"),
    }
    return _one_process("single", "this bookstore, one process", databases, place)


def sqlite(place: Place) -> System:
    """The bookstore in one process, over SQLite files."""
    databases = {
        "BOOKS_DATABASE_URL": f"sqlite://{place.sqlite / 'books.db'}",
        "CUSTOMERS_DATABASE_URL": f"sqlite://{place.sqlite / 'customers.db'}",
    }
    return _one_process("sqlite", "this bookstore, one process, SQLite", databases, place)


def _one_process(name: str, label: str, databases: dict[str, str], place: Place) -> System:
    settings = ("GATEWAY_LISTEN", "WEB_BFF_LISTEN", "MOBILE_BFF_LISTEN", "BOOKS_LISTEN", "CUSTOMERS_LISTEN", "ACCOUNTS_LISTEN", "REVIEWS_LISTEN")
    ports = {setting: free_port() for setting in settings}
    listen = {setting: _listen(port) for setting, port in ports.items()}
    env = {**databases, **listen, **documents.manifests(place.folder), "BOOKSTORE_DATA_DIR": str(place.folder / f"{name}-data")}
    front, graph = ports["GATEWAY_LISTEN"], ports["BOOKS_LISTEN"]
    part = Part("bookstore", [_binary("bookstore")], env, front)
    return System(name, label, [part], [front], [front], [graph], place.folder)


def _binary(name: str) -> str:
    return str(TARGET / "release" / name)


def rest(place: Place) -> System:
    """A hand-written REST BFF and REST service in Rust."""
    folder = BUILT / "rest-pair" / "release"
    return _pair("rest", "hand-written REST, Rust", [str(folder / "rest-service")], [str(folder / "rest-bff")], place)


def _pair(name: str, label: str, service: list[str], bff: list[str], place: Place, **env: str) -> System:
    """A BFF and a service, told everything by variables; their workers share the pool's size."""
    inner, outer = free_port(), free_port()
    database = {"DATABASE_URL": place.database.url("peers"), "POOL_SIZE": str(POOL_SIZE)}
    common = {**env, "WORKERS": str(place.workers)}
    parts = [
        Part("service", service, {**common, **database, "LISTEN": _listen(inner)}, inner),
        Part("bff", bff, {**common, "SERVICE_URL": f"http://{_listen(inner)}", "LISTEN": _listen(outer)}, outer),
    ]
    return System(name, label, parts, [outer], [outer], [], place.folder)


def mercurius(place: Place) -> System:
    """GraphQL in Node: mercurius with its just-in-time compiler, behind a REST BFF on fastify."""
    return _node("mercurius", "GraphQL in Node, mercurius", place)


def apollo(place: Place) -> System:
    """GraphQL in Node: Apollo Server, behind the same REST BFF."""
    return _node("apollo", "GraphQL in Node, Apollo Server", place)


def _node(name: str, label: str, place: Place) -> System:
    node, folder = find("node"), BUILT / "node"
    service, bff = [node, str(folder / f"{name}.mjs")], [node, str(folder / "bff.mjs")]
    return _pair(name, label, service, bff, place, NODE_ENV="production")


def fastapi(place: Place) -> System:
    """REST in Python: FastAPI, SQLAlchemy and aiohttp on uvicorn."""

    def uvicorn(app: str) -> list[str]:
        program, folder = str(BUILT / "venv" / "bin" / "python"), str(BENCH / "fastapi")
        return [program, "-B", "-m", "uvicorn", "--app-dir", folder, "--loop", "uvloop", "--http", "httptools",
                "--workers", str(place.workers), "--host", "127.0.0.1", app, "--port"]  # fmt: skip

    system = _pair("fastapi", "REST in Python, FastAPI", uvicorn("service:app"), uvicorn("bff:app"), place)
    for part in system.parts:
        part.command.append(str(part.port))
    return system


SYSTEMS: dict[str, Callable[[Place], System]] = {
    "ours": ours,
    "rest": rest,
    "mercurius": mercurius,
    "apollo": apollo,
    "fastapi": fastapi,
    "single": single,
    "sqlite": sqlite,
}


def make(name: str, place: Place, copies: int) -> System:
    """A system, or several copies of it side by side: the clients go round them, as behind a balancer."""
    first, *others = (SYSTEMS[name](place) for _ in range(copies))
    for nth, other in enumerate(others, start=2):
        for part in other.parts:
            part.name += f"-{nth}"
        first.parts += other.parts
        first.web += other.web
        first.mobile += other.mobile
        first.graph += other.graph
    return first
