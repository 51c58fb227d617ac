"""What is asked for, and by how many at once."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import data

SEED = 20261122
REQUESTS = 5000


@dataclass
class Workload:
    """A kind of request; `lines` makes those of one run, from the number of books there are."""

    name: str
    label: str
    client: str
    connections: list[int]
    lines: Callable[[random.Random, int], list[str]]

    def write(self, folder: Path, books: int) -> Path:
        """The requests as a file for `load.lua`, the same for all systems."""
        file = folder / f"{self.name}.requests"
        file.write_text("\n".join(self.lines(random.Random(SEED), books)) + "\n")
        return file


def _get(path: str) -> str:
    return f"GET\t{path}\t"


def _book(chance: random.Random, books: int) -> str:
    return _get(f"/books/{data.isbn(chance.randrange(books))}")


def _change(chance: random.Random, books: int) -> str:
    number = chance.randrange(books)
    body = json.dumps(data.book_json(number, chance.randrange(500)), ensure_ascii=False)
    return f"PUT\t/books/{data.isbn(number)}\t{body}"


def _one_book(chance: random.Random, books: int) -> list[str]:
    return [_book(chance, books) for _ in range(REQUESTS)]


def _customer(chance: random.Random, _books: int) -> list[str]:
    return [_get(f"/customers/{chance.randrange(data.CUSTOMERS) + 1}") for _ in range(REQUESTS)]


def _page(chance: random.Random, books: int) -> list[str]:
    return [_get(f"/books?limit=50&after={data.isbn(chance.randrange(books - 50))}") for _ in range(REQUESTS)]


def _list(_chance: random.Random, _books: int) -> list[str]:
    return [_get("/books")]


def _mix(chance: random.Random, books: int) -> list[str]:
    return [(_change if nth % 10 == 0 else _book)(chance, books) for nth in range(REQUESTS)]


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("book", "one book, web", "Web", [1, 64, 256], _one_book),
        Workload("customer", "one customer, mobile", "iOS", [1, 64, 256], _customer),
        Workload("page", "a page of 50, web", "Web", [1, 64], _page),
        Workload("list", "the whole list, web", "Web", [1, 8], _list),
        Workload("mix", "books with 10 % writes, web", "Web", [64, 256], _mix),
    )
}
