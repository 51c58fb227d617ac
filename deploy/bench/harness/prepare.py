"""Building all systems, and filling their databases with the same books."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from . import data, tools
from .mariadb import MariaDb, migrate

BOOK = "isbn, title, author, description, genre, price_cents, quantity"
CUSTOMER = "id, user_id, name, phone, address, address2, city, state, zipcode"

OURS = {"ours", "single", "sqlite"}
NEEDS = {"mercurius": ["node", "npm"], "apollo": ["node", "npm"]}


def need(systems: list[str]) -> None:
    """Raises Broken, naming all that is missing."""
    programs = ["cargo", "mariadbd", "mariadb", "mariadb-install-db", "wrk"]
    programs += [program for system in systems for program in NEEDS.get(system, [])]
    tools.need(list(dict.fromkeys(programs)))


def build(systems: list[str]) -> None:
    """Release builds of the bookstore, and of the peers that take part, all under target/."""
    # Without the bookstore's binaries there are no tables.
    tools.show(["cargo", "build", "--release", "--workspace", "--bins"])
    _build_here("pace")
    if "rest" in systems:
        _build_here("rest-pair")
    if {"mercurius", "apollo"} & set(systems):
        _install_node()
    if "fastapi" in systems:
        python_with("-r", str(tools.BENCH / "fastapi" / "requirements.txt"))


def _build_here(name: str) -> None:
    """A Cargo workspace of the benchmark's own."""
    manifest, target = str(tools.BENCH / name / "Cargo.toml"), str(tools.BUILT / name)
    tools.show(["cargo", "build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", target])


def _install_node() -> None:
    """npm wants its packages beside the sources, so those are copied."""
    folder = tools.BUILT / "node"
    shutil.copytree(tools.BENCH / "node", folder, dirs_exist_ok=True)
    flags = ["--no-package-lock", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"]
    tools.show([tools.find("npm"), "install", *flags], folder)


def python_with(*packages: str) -> Path:
    """A Python of the benchmark's own that has these packages."""
    folder = tools.BUILT / "venv"
    if not (folder / "bin" / "pip").exists():
        tools.show(["python3", "-m", "venv", str(folder)])
    tools.show([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *packages])
    return folder / "bin" / "python"


def fill(database: MariaDb, folder: Path) -> None:
    """All tables on MariaDB, and the customers; books come by `fill_books`."""
    database.make_ours()
    database.make_peers()
    people = folder / "customers.tsv"
    data.write_customers(people)
    database.load_customers(people)


def fill_books(database: MariaDb, folder: Path, books: int, systems: list[str]) -> None:
    """The same books for all systems on MariaDB, in the place of those that are there."""
    works = folder / "books.tsv"
    data.write_books(works, books)
    database.load_books(works, peers=bool(set(systems) - OURS))
    works.unlink()


def fill_sqlite(folder: Path, books: int) -> None:
    """The same rows in new SQLite files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("books", "customers"):
        migrate(name, f"sqlite://{folder / name}.db")
    rows = (data.book(number) for number in range(books))
    _insert(folder / "books.db", f"books ({BOOK}, isbn_key)", ((*row, row[0]) for row in rows))
    people = (data.customer(number) for number in range(1, data.CUSTOMERS + 1))
    _insert(folder / "customers.db", f"customers ({CUSTOMER}, user_key)", ((*row, row[1].lower()) for row in people))


def _insert(file: Path, table: str, rows: Iterable[tuple]) -> None:
    """Inserts rows in one transaction."""
    places = ", ".join("?" * (table.count(",") + 1))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
